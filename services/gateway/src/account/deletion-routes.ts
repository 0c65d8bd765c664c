// The end of a person's own sign-in and all that belongs to it.
import { deletePerson } from '@wagate/api/account.ts'
import type { OwnedTenant, PersonControl } from '../control/persons.ts'
import { DomainError } from '../http/problem.ts'
import type { MountForPeople } from '../http/route.ts'
import { type QueueMail, tell } from '../mail/mail.ts'
import type { Accounts } from './accounts.ts'
import type { ErasureRegister } from './erasure-register.ts'
import { normalized } from './password.ts'
import { wrongPassword } from './refusals.ts'
import { checkSecondFactor, type SecondFactorDeps } from './second-factor.ts'
import { accountTag as tag } from './tag.ts'

export type PersonDeletionDeps = SecondFactorDeps & {
  accounts: Pick<Accounts, 'checkPassword'>
  persons: Pick<PersonControl, 'solelyOwned' | 'erase'>
  erasedPeople: ErasureRegister
  queueMail: QueueMail
  /** Removes what waits to be sent to the address. */
  forgetMails: (address: string) => Promise<void>
}

export function personDeletionRoutes(mount: MountForPeople, deps: PersonDeletionDeps): void {
  const { accounts, attempts, persons, erasedPeople } = deps

  mount(
    {
      method: 'post',
      path: '/v1/auth/me/deletion',
      audit: 'person.deleted',
      tag,
      summary: 'Delete yourself',
      description:
        'At once and for good: name, address, password, second factor, sign-ins and memberships. What you made in accounts stays there. Refused while you are the only owner of an account that is not going to be deleted: hand those over, or delete them, first.',
      body: deletePerson,
      answers: { 204: { description: 'You are deleted, and the token is worth nothing any more.' } },
      problems: ['password-wrong', 'second-factor-refused', 'last-owner', 'too-many-attempts', 'storage-unavailable'],
    },
    async ({ body, client, present: { person }, token, answer }) => {
      const { id, email } = person
      await attempts.take('sign_in', email, client.address)
      if (!(await accounts.checkPassword(token, normalized(body.password)))) throw wrongPassword()
      await attempts.forgive('sign_in', email)
      checkNoneOwned(await persons.solelyOwned(id))
      if (person.twoFactor) await checkSecondFactor(deps, { person, token, client }, body)
      // First, so that no backup can bring back somebody who was told to be gone.
      await erasedPeople.add(id)
      const outcome = await persons.erase(id)
      if (outcome.kind === 'last_owner') {
        await erasedPeople.remove(id)
        checkNoneOwned(outcome.tenants)
      }
      await sayGoodbye(person)
      return answer(204, null, {})
    },
  )

  /** It has happened: a mail that fails does not undo it. */
  async function sayGoodbye({ email, name }: { email: string; name: string }): Promise<void> {
    await deps.forgetMails(email).catch(() => undefined)
    await tell(deps.queueMail, { to: email, kind: 'person_deleted', name })
  }
}

function checkNoneOwned(tenants: readonly OwnedTenant[]): void {
  if (tenants.length === 0) return
  const errors = tenants.map(({ tenantId, name }) => ({
    path: tenantId,
    message: `You are the only owner of "${name}": make somebody else an owner, or delete it.`,
  }))
  const names = tenants.map(({ name }) => `"${name}"`).join(', ')
  throw new DomainError('last-owner', `You are the only owner of ${names}: hand it over, or delete it, first.`, {
    errors,
  })
}
