"""What goes over the wire: one table per object."""
