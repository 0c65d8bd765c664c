// Wishes to the worker that has a session. Nobody waits for what becomes of them.
import { hostPartition } from '@wagate/messages/control.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import type { Wish } from '@wagate/messages/questions.ts'
import { questionSubject } from '@wagate/messages/subjects.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import type { SessionDirectory } from '../session/directory.ts'

/** Does not throw. A session that this gateway does not know yet hears nothing. */
export type TellSession = (tenantId: string, mode: Mode, sessionId: string, wish: Wish) => void

export const createTellSession =
  (broker: Pick<Broker, 'tell'>, directory: Pick<SessionDirectory, 'find'>): TellSession =>
  (tenantId, mode, sessionId, wish) => {
    const session = directory.find(tenantId, mode, sessionId)?.config
    if (!session) return
    const subject = questionSubject({ tenantId, sessionId, partition: hostPartition(session) })
    broker.tell(subject, Buffer.from(JSON.stringify(wish)))
  }
