"""Proves from the rows that the money and the tiles are right, and explains what is stuck.

`running.run()` asks every check and changes nothing; `figures` are what the health check shows;
`diagnosis` says in plain words what an order waits for.
"""
