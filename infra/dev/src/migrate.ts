// `DATABASE_URL=postgres://wagate_owner:… node infra/dev/src/migrate.ts`: applies the migrations that the database does not have
// yet, on any installation. Running it again changes nothing.
import { migrate } from './database.ts'

const url = process.env.DATABASE_URL
if (url) {
  await migrate(url)
  console.log('the database has all migrations')
} else {
  console.error('DATABASE_URL is not set: the database to migrate, with the login wagate_owner')
  process.exitCode = 1
}
