"""How fast Ponte is: seeded data, workloads over HTTP beside raw SQL, a report. Never part of the tests."""
