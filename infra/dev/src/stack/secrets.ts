import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RolePasswords } from '../database.ts'
import type { NatsPasswords } from '../servers/nats.ts'

/** Made once per data folder and kept there: losing `masterKey` loses every session of the stack. */
export type Secrets = {
  /** 32 bytes, base64. */
  masterKey: string
  masterKeyId: string
  /** Earlier ones, as `MASTER_KEYS_OLD` has them; empty when there is none. */
  masterKeysOld: string
  postgresPassword: string
  roles: RolePasswords
  nats: NatsPasswords
  sandboxControlToken: string
  cursorSecret: string
  accountsSecret: string
  dashboardSecret: string
}

// Starts with a letter: nats.conf takes a variable that looks like a number for one.
const password = () => `p${randomBytes(18).toString('base64url').replaceAll(/[-_]/g, 'x')}`

/** New secrets, all random. */
export const makeSecrets = (): Secrets => ({
  masterKey: randomBytes(32).toString('base64'),
  masterKeyId: `mk_${randomBytes(4).toString('hex')}`,
  masterKeysOld: '',
  postgresPassword: password(),
  roles: {
    wagate_owner: password(),
    wagate_api: password(),
    wagate_projector: password(),
    wagate_webhooks: password(),
    wagate_keeper: password(),
  },
  nats: {
    provisioner: password(),
    gateway: password(),
    worker: password(),
    projector: password(),
    webhooks: password(),
    scheduler: password(),
    monitor: password(),
  },
  sandboxControlToken: password(),
  cursorSecret: randomBytes(32).toString('base64'),
  accountsSecret: randomBytes(32).toString('base64'),
  dashboardSecret: randomBytes(32).toString('base64'),
})

/** The stack's secrets, from `secrets.json` (mode 0600); what it lacks is made and added. */
export function loadSecrets(dir: string): Secrets {
  const file = join(dir, 'secrets.json')
  const known: Partial<Secrets> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const made = makeSecrets()
  const secrets: Secrets = {
    ...made,
    ...known,
    roles: { ...made.roles, ...known.roles },
    nats: { ...made.nats, ...known.nats },
  }
  mkdirSync(dir, { recursive: true })
  writePrivately(file, `${JSON.stringify(secrets, undefined, 2)}\n`)
  return secrets
}

/** Replaces a file in one step, readable by its owner only. */
export function writePrivately(file: string, text: string): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, text, { mode: 0o600 })
  chmodSync(draft, 0o600)
  renameSync(draft, file)
}
