"""What runs by itself, and how often: Celery's beat reads it by the settings."""

EVERY: dict[str, dict[str, object]] = {
    # name: task, and the seconds between two runs
    "heartbeat": {"task": "rally.tasks.heartbeat", "schedule": 15},
    "expire-holds": {"task": "boards.tasks.expire_holds", "schedule": 30},
    "run-campaigns": {"task": "boards.tasks.run_campaigns", "schedule": 60},
    "close-campaigns": {"task": "payments.tasks.close_campaigns", "schedule": 60},
    "sweep-events": {"task": "payments.tasks.sweep_events", "schedule": 60},
    "sweep-records": {"task": "rally.tasks.sweep_records", "schedule": 3600},
    "reconcile": {"task": "payments.tasks.reconcile", "schedule": 300},
    # It runs once a day; asked every hour, so that a restart can't put it off for ever.
    "audit": {"task": "payments.tasks.audit", "schedule": 3600},
    "lapse-requests": {"task": "rally.tasks.lapse_requests", "schedule": 3600},
    "dispatch-outbox": {"task": "rally.tasks.dispatch_outbox", "schedule": 30},
    "deliver-webhooks": {"task": "rally.tasks.deliver_webhooks", "schedule": 30},
}
