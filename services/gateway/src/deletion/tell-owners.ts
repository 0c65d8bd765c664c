// The owners of an account learn by mail that it is going to be deleted, or is not any more, whoever decided that.
import type { TenantRecord } from '@wagate/messages/control.ts'
import type { Actor } from '../access/actor.ts'
import type { MemberControl, MemberRow } from '../control/members.ts'
import { settingsLink } from '../mail/links.ts'
import { type QueueMail, tell } from '../mail/mail.ts'

export type TellOwnersDeps = {
  members: Pick<MemberControl, 'list'>
  queueMail: QueueMail
  dashboardUrl: string
}
/** `at`: when it is erased; absent when the deletion was taken back. */
export type DeletionNews = { by: Actor | 'operator'; at?: Date }

/**
 * Looks up whom to tell, before anything is decided; throws `DatabaseUnavailable`. What it resolves with tells them, and does not throw:
 * the decision holds then.
 */
export async function ownersToTell(
  deps: TellOwnersDeps,
  { tenantId, name: tenantName }: Pick<TenantRecord, 'tenantId' | 'name'>,
): Promise<(news: DeletionNews) => Promise<void>> {
  const members = await deps.members.list(tenantId)
  return async ({ by, at }) => {
    const about = { tenantName, byName: nameOf(by, members) }
    for (const { email: to, name, role } of members)
      if (role === 'owner')
        await tell(
          deps.queueMail,
          at
            ? { to, kind: 'deletion_asked', name, ...about, at, link: settingsLink(deps.dashboardUrl) }
            : { to, kind: 'deletion_taken_back', name, ...about },
        )
  }
}

function nameOf(by: Actor | 'operator', members: readonly MemberRow[]): string {
  if (by === 'operator') return 'The operator of Wagate'
  if (by.kind !== 'person') return 'A program with an API key'
  return members.find(({ personId }) => personId === by.personId)?.name ?? 'A former member'
}
