"""All scenarios by name, in the order that they run."""

from collections.abc import Callable

from tests.faults import (
    client_faults,
    clock_faults,
    database_faults,
    deploy_faults,
    disk_faults,
    process_faults,
    replica_faults,
    service_faults,
)
from tests.faults.trial import Trial

SCENARIOS: dict[str, Callable[[Trial], None]] = {
    "worker": process_faults.worker_killed,
    "power-sqlite": process_faults.power_cut_sqlite,
    "stop": process_faults.graceful_stop,
    "task": process_faults.task_killed,
    "sqlite-held": database_faults.sqlite_held,
    "redis": service_faults.redis_gone,
    "storage": service_faults.storage_gone,
    "mail": service_faults.mail_gone,
    "disk-media": disk_faults.media_disk_full,
    "disk-sqlite": disk_faults.database_disk_full,
    "read-only": disk_faults.media_read_only,
    "clock": clock_faults.clock_jumps,
    "body": client_faults.large_body,
    "slow-clients": client_faults.slow_clients,
    "idle": client_faults.idle_connections,
    "deploy": deploy_faults.deploy_with_migration,
    "postgres-restart": database_faults.postgres_restarted,
    "postgres-gone": database_faults.postgres_gone,
    "postgres-frozen": database_faults.postgres_frozen,
    "replica": replica_faults.replica_behind_and_gone,
    "power": process_faults.power_cut,
}
