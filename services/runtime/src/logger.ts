// JSON lines. One wide line per unit of work; message text, media, credentials and full phone numbers never get here.
import { type DestinationStream, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino'

export type Logger = PinoLogger
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

/** Credentials and people's words: censored at the top of a line and one level down, should one slip in. */
const neverLogged = [
  'authorization',
  'password',
  'secret',
  'token',
  'apiKey',
  'masterKey',
  'cursorSecret',
  'qr',
  'pairingCode',
  'creds',
  'text',
  'body',
  'content',
  'phone',
]

/** `destination` is for tests; without it lines go to standard output. */
export function createLogger(options: {
  service: string
  version?: string
  level?: LogLevel
  destination?: DestinationStream
}): Logger {
  const { service, version = '0.1.0', level = 'info', destination } = options
  const settings = {
    level,
    base: { service, version },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: neverLogged.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
  }
  return destination ? pino(settings, destination) : pino(settings)
}

/** Says nothing; for tests and for programs that print for people. */
export const silentLogger = (): Logger => pino({ level: 'silent' })
