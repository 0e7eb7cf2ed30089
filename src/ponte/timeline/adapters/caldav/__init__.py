"""CalDAV (RFC 4791, RFC 6578): Nextcloud, iCloud, Fastmail, Zimbra, Radicale and others."""
