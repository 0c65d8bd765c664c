import { spawn } from 'node:child_process'

/**
 * Runs a program to its end and resolves with what it printed; rejects with the end of its output if it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let all = ''
    child.stdout.on('data', (bytes) => {
      stdout += bytes
      all += bytes
    })
    child.stderr.on('data', (bytes) => {
      all += bytes
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(stdout.trim())
      const end = all.trimEnd().split('\n').slice(-20).join('\n')
      reject(new Error(`${[command, ...args].join(' ')} failed (${signal ?? `exit ${code}`}):\n${end}`))
    })
  })
}
