// The embedded stack's S3 server as a process of its own.
import { startS3Server } from '../servers/s3.ts'

const { S3_DIR, S3_PORT, S3_BUCKETS } = process.env
if (!S3_DIR || !S3_PORT || !S3_BUCKETS) throw new Error('S3_DIR, S3_PORT and S3_BUCKETS must be set')

const server = await startS3Server({ dir: S3_DIR, port: Number(S3_PORT), buckets: S3_BUCKETS.split(',') })
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)))
