import { defineConfig } from 'drizzle-kit'

export default defineConfig({ dialect: 'postgresql', schema: './src/!(dump|*.test).ts', out: './migrations' })
