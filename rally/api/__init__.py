"""Three dialects over one core: each its own package, none knowing the others."""
