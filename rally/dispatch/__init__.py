"""The only consumer of the outbox: one literal table of what is done about each event."""
