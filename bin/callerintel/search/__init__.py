"""The search half: what `| maliciouscaller` says of one CloudTrail event.

Runs on every indexer from the knowledge bundle: standard library and splunklib only, no network, nothing written.
"""
