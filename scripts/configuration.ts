// Prints the table of settings in lib/env.ts into docs/configuration.md; `--check` only compares.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { variables } from '#lib/env.ts'

const file = new URL('../docs/configuration.md', import.meta.url)

const HEAD = `# Configuration

Everything is set by environment variables; every one has a default, and \`npm start\` needs none of them.
This page is printed from \`lib/env.ts\` by \`npm run configuration\`.

| variable | default | what it does |
| --- | --- | --- |
`

function shownDefault({ schema, shownDefault: shown }: (typeof variables)[keyof typeof variables]): string {
  if (shown) return shown
  const { success, data } = schema.safeParse(undefined)
  return success && data !== undefined ? `\`${data}\`` : ''
}

const rows = Object.entries(variables).map(([name, variable]) => `| \`${name}\` | ${shownDefault(variable)} | ${variable.doc} |`)
const page = `${HEAD}${rows.join('\n')}\n`

export function main(args: string[]): number {
  if (!args.includes('--check')) {
    writeFileSync(file, page)
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== page) {
    process.stderr.write('docs/configuration.md does not match lib/env.ts: run "npm run configuration"\n')
    return 1
  }
  return 0
}
