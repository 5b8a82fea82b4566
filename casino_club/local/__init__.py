"""What `make run` and `make test` need on a bare machine: embedded PostgreSQL and Valkey, and one supervisor."""
