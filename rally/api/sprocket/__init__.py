"""The Sprocket dialect, version 2: fundraising pages, teams and gifts for third-party apps."""
