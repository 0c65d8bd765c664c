// Outgoing mail, put together for the composition root.
import type { NewId } from '@wagate/messages/ids.ts'
import { masterKeyOf } from '@wagate/runtime/config.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Metrics } from '@wagate/runtime/metrics.ts'
import type { Sql } from '@wagate/runtime/postgres.ts'
import type { Service } from '@wagate/runtime/run-service.ts'
import { type GatewayConfig, mailAccessOf } from '../config.ts'
import { keepMailSent } from './keep-sent.ts'
import { createMailObserver } from './observe.ts'
import { createMailOutbox, type MailOutbox } from './outbox.ts'
import { createSmtp, noSmtp } from './smtp.ts'

type Deps = { sql: Sql; config: GatewayConfig; newId: NewId; logger: Logger; metrics: Metrics; service: Service }

/** Mails queued in what this returns are sent until the service stops. */
export function startMailing({ sql, config, newId, logger, metrics, service }: Deps): MailOutbox {
  const access = mailAccessOf(config)
  const observer = createMailObserver({ logger, metrics })
  observer.started(access !== undefined)
  const outbox = createMailOutbox({
    sql,
    masterKey: masterKeyOf(config),
    newId,
    onFull: observer.full,
    onUnstored: observer.unstored,
  })
  const smtp = access ? createSmtp(access) : noSmtp
  service.onStop('mail server', () => smtp.close())
  const sending = keepMailSent({ outbox, send: smtp.send, observer, logger, random: Math.random }, service.stopping)
  service.onStop('mail', () => sending)
  return outbox
}
