// The second proof that a step asks for from somebody who is signed in already: a stolen device or session must not be enough for it.
import { DomainError } from '../http/problem.ts'
import type { Accounts, Client, Person, SecondFactorCode } from './accounts.ts'
import type { Attempts } from './attempts.ts'

export type SecondFactorDeps = {
  accounts: Pick<Accounts, 'checkSecondFactor'>
  attempts: Pick<Attempts, 'take' | 'forgive'>
}
/** As it came in the body. */
export type GivenCode = { code?: string | undefined; backup_code?: string | undefined }
type Asker = { person: Pick<Person, 'id'>; token: string; client: Client }

/** Throws `second-factor-refused`. Wrong codes are counted by person, however many devices, sessions and addresses they come from. */
export async function checkSecondFactor(
  { accounts, attempts }: SecondFactorDeps,
  { person, token, client }: Asker,
  given: GivenCode,
): Promise<void> {
  const code = codeIn(given)
  if (!code)
    throw new DomainError(
      'second-factor-refused',
      'Two-factor authentication is on: send the code that the app shows, or a backup code.',
    )
  await attempts.take('second_factor', person.id, client.address)
  if (!(await accounts.checkSecondFactor(token, code)))
    throw new DomainError(
      'second-factor-refused',
      'This code is wrong, or was used: enter the one that the app shows now.',
    )
  await attempts.forgive('second_factor', person.id)
}

function codeIn({ code, backup_code }: GivenCode): SecondFactorCode | undefined {
  if (code !== undefined) return { code }
  return backup_code === undefined ? undefined : { backupCode: backup_code }
}
