// A command on its way to the worker that hosts the session.
import type { Command, CommandType } from '@wagate/messages/commands.ts'
import type { SessionConfig } from '@wagate/messages/control.ts'
import { idWithKind } from '@wagate/messages/ids.ts'
import { commandSubject } from '@wagate/messages/subjects.ts'
import type { Broker } from '@wagate/runtime/broker.ts'

type Payload<Type extends CommandType = CommandType> = Type extends CommandType
  ? { type: Type; data: Extract<Command, { type: Type }>['data'] }
  : never

export type CommandContext = {
  session: Pick<SessionConfig, 'tenantId' | 'sessionId' | 'partition'>
  /** Its ULID becomes the command's: the same request leads to the same command. */
  id: string
  requestId: string
  at: string
}
export type PublishCommand = (payload: Payload, context: CommandContext) => Promise<void>

/** Resolves when the broker has stored the command, or had stored it before. Throws what `publish` throws. */
export function createPublishCommand(deps: {
  publish: Broker['publish']
  source: string
  timeoutMs: number
}): PublishCommand {
  return async (payload, { session, id, requestId, at }) => {
    const { tenantId, sessionId, partition } = session
    const command: Command = {
      id: idWithKind('command', id),
      source: deps.source,
      time: at,
      tenantId,
      sessionId,
      correlationId: requestId,
      ...payload,
    }
    const subject = commandSubject({ partition, tenantId, sessionId }, command.type)
    await deps.publish(subject, Buffer.from(JSON.stringify(command)), { msgId: command.id, timeoutMs: deps.timeoutMs })
  }
}
