"""The RallyUp dialect: organizations read their own data, partners manage theirs."""
