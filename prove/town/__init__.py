"""Real processes, real HTTP: a web server, a worker, a simulator, and people who buy."""
