import { join } from 'node:path'
import { type DatabaseRole, databaseUrl } from '../database.ts'
import { database, environmentOf, urlOf, type Wiring } from './components.ts'
import { writePrivately } from './secrets.ts'
import { adminUrl } from './start.ts'

/** Writes `stack.env`: what a shell needs to talk to the running stack (`set -a; . .data/stack.env`). Holds secrets. */
export function writeEnvFile(dir: string, wiring: Wiring): void {
  const { port, secrets } = wiring
  const worker = environmentOf('worker', wiring)
  const databaseAs = (role: DatabaseRole) =>
    databaseUrl(adminUrl(wiring), database, { role, password: secrets.roles[role] })
  const variables: Record<string, string | undefined> = {
    GATEWAY_URL: urlOf('gateway', port.gateway),
    SANDBOX_URL: urlOf('sandbox', port.sandbox),
    SANDBOX_WS_URL: worker.SANDBOX_WS_URL,
    SANDBOX_CONTROL_TOKEN: secrets.sandboxControlToken,
    MAIL_URL: urlOf('mail', port.mail),
    SMTP_URL: `smtp://127.0.0.1:${port.smtp}`,
    NATS_URL: urlOf('nats', port.nats),
    NATS_MONITOR_URL: `http://127.0.0.1:${port.monitor}`,
    NATS_USER: 'provisioner',
    NATS_PASSWORD: secrets.nats.provisioner,
    PARTITIONS: String(wiring.partitions),
    // Row-level security is forced on the owner too, and no policy lets it in: the operator's commands need the gateway's role.
    DATABASE_URL: databaseAs('wagate_api'),
    PROJECTOR_DATABASE_URL: databaseAs('wagate_projector'),
    OWNER_DATABASE_URL: databaseAs('wagate_owner'),
    S3_ENDPOINT: worker.S3_ENDPOINT,
    S3_BUCKET: worker.S3_BUCKET,
    S3_REGION: worker.S3_REGION,
    S3_ACCESS_KEY_ID: worker.S3_ACCESS_KEY_ID,
    S3_SECRET_ACCESS_KEY: worker.S3_SECRET_ACCESS_KEY,
  }
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value ?? ''}`)
  writePrivately(join(dir, 'stack.env'), `${lines.join('\n')}\n`)
}
