"""What every module's API routes share: tokens, scopes, pages, problems, idempotency, rate limits, docs."""
