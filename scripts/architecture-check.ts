// Every path that ARCHITECTURE.md and README.md name in backticks, or link to, is there.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { projectRoot } from './start/command.ts'

const PAGES = ['ARCHITECTURE.md', 'README.md']
const CODE = /`([^`\n]+)`/g
const LINK = /\]\(([^)\s]+)\)/g
/** In the product's own folders a name with a slash is a path; so is a lone file name with one of these endings. */
const ROOTS = new Set(['app', 'components', 'docs', 'lib', 'messages', 'prisma', 'scripts', 'tests', 'trainer'])
const FILE = /^[\w.-]+\.(ts|tsx|mjs|cjs|json|md|py|prisma)$/
/** Kept in the run's folder or given by people, not in the repository. */
const NOT_OURS = new Set(['events.jsonl', 'exit.json'])

/** `{a,b}` names one path for each. */
function spelledOut(name: string): string[] {
  const braces = /\{([^}]*)\}/.exec(name)
  return braces ? (braces[1] ?? '').split(',').flatMap((part) => spelledOut(name.replace(braces[0], part))) : [name]
}

/** What of a path is no place holder: `lib/domain/<noun>.ts` asks for `lib/domain`. */
const fixedPart = (name: string): string => (/[<*…]/.test(name) ? path.posix.dirname(`${name.split(/[<*…]/)[0]}x`) : name)

const isPath = (name: string): boolean => !/\s/.test(name) && !NOT_OURS.has(name) && (ROOTS.has(name.split('/')[0] ?? '') || FILE.test(name))

const faults: string[] = []
for (const page of PAGES) {
  const text = readFileSync(path.join(projectRoot, page), 'utf8')
  const links = [...text.matchAll(LINK)].map((match) => match[1] ?? '').filter((link) => !/^(\w+:|#)/.test(link))
  const named = [...text.matchAll(CODE)].map((match) => match[1] ?? '').filter(isPath)
  for (const name of [...links, ...named].flatMap(spelledOut).map(fixedPart)) {
    // The tables of lib/domain are called by their file names alone.
    const places = name.includes('/') ? [name] : [name, `lib/domain/${name}`]
    if (!places.some((place) => existsSync(path.join(projectRoot, place)))) faults.push(`${page}: ${name} does not exist`)
  }
}
for (const fault of faults) console.error(fault)
process.exit(faults.length > 0 ? 1 : 0)
