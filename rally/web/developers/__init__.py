"""The developer portal: documents, tokens, apps, webhooks."""
