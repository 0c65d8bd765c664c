// Where a tenant's data lie, beside the object store, and how they go when the tenant is erased. Every table with a tenant_id, every
// bucket and every stream is decided here; tests fail for one that is not.

/** Tables whose rows of the tenant are removed, with the rest of their primary key after tenant_id. In this order: what refers to others first. */
export const erasedTables: Readonly<Record<string, readonly string[]>> = {
  delivery_attempt: ['delivery_id', 'attempt'],
  webhook_delivery: ['delivery_id'],
  webhook_session: ['session_id'],
  webhook_endpoint: ['endpoint_id'],
  message_words: ['created_at', 'message_id'],
  message_view: ['message_id', 'created_at'],
  chat_view: ['chat_id'],
  chat_desk: ['chat_id'],
  quick_reply: ['reply_id'],
  usage_day: ['day', 'session_id', 'message_type'],
  service_day: ['day', 'session_id'],
  message_hour: ['hour', 'session_id'],
  session_timeline: ['session_id', 'sequence', 'part'],
  request_log: ['mode', 'at', 'entry_id'],
  api_call_day: ['day', 'mode', 'gateway_id'],
  audit_anchor: [],
  retention: [],
  api_key: ['key_id'],
  invitation: ['invitation_id'],
  member: ['person_id'],
  support_access: ['access_id'],
  /** Last: it names the sessions whose logs are to go. */
  session_view: ['session_id'],
}

/** Append-only for everybody: its own function removes from it. Before its anchor, which that writes. */
export const auditTable = 'audit_entry'

export const keptTables: Readonly<Record<string, string>> = {
  tenant: 'one row without a name, so that the id is never used again: the tombstone',
  plan_change: 'which plan held when and for how much, by nobody: the figures of past months are made of it',
  job: 'only the job of the erasure, which tells when it was done and what it removed; no data of people',
}

/**
 * `of tenant`: keys begin with the tenant's id. `watched`: gateways and workers hold it in memory, so that each key is first deleted in
 * the open, and its mark goes later.
 */
export const erasedBuckets: Readonly<Record<string, { watched: boolean }>> = {
  sessions: { watched: true },
  members: { watched: true },
  support_accesses: { watched: true },
  session_keys: { watched: false },
  pairing: { watched: false },
  idempotency: { watched: false },
}

/** Buckets whose keys are ids that a table names: deleted one by one. */
export const bucketsById = ['tenants', 'api_keys'] as const

export const keptBuckets: Readonly<Record<string, string>> = {
  message_counts: 'how many messages an account sent in a month, by its id; gone after 35 days',
  leases: 'partitions and consumers; no tenant',
  workers: 'heartbeats; no tenant',
  instances: 'processes; no tenant',
  handovers: 'partitions; no tenant',
  worker_orders: 'workers; no tenant',
  failovers: 'partitions and how long they took; no tenant',
  hosted: 'workers and partitions; no tenant',
  pools: 'names of pools',
  signing_keys: "the installation's",
}

/** `by search`: the subject does not name the tenant. */
export const erasedStreams: Readonly<Record<string, 'by subject' | 'by session' | 'by search'>> = {
  COMMANDS: 'by subject',
  EVENTS: 'by subject',
  SESSION_LOG: 'by session',
  AUDIT: 'by subject',
  DEAD_LETTERS: 'by search',
}
