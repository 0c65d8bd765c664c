// The embedded stack's mail server as a process of its own.
import { startMailServer } from './server.ts'

const { MAIL_PORT, SMTP_PORT } = process.env
if (!MAIL_PORT || !SMTP_PORT) throw new Error('MAIL_PORT and SMTP_PORT must be set')

const server = await startMailServer({ port: Number(MAIL_PORT), smtpPort: Number(SMTP_PORT) })
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)))
