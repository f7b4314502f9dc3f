import {
  BookOpenText,
  Boxes,
  Cpu,
  FileStack,
  Gauge,
  Gavel,
  House,
  type LucideIcon,
  MessageCircle,
  MessagesSquare,
  Package,
  PenLine,
  ScanText,
  Settings,
  Snowflake,
} from 'lucide-react'
import type { Action } from '#lib/domain/policy.ts'

export type Place = {
  /** Key of its name in the `nav` messages. */
  id:
    | 'home'
    | 'write'
    | 'review'
    | 'adjudicate'
    | 'prompts'
    | 'conversations'
    | 'guideline'
    | 'quality'
    | 'snapshots'
    | 'builds'
    | 'runs'
    | 'models'
    | 'talk'
    | 'settings'
  /** Below /p/<project>. */
  path: string
  icon: LucideIcon
  keys?: string
  /** Shown to those who hold this action. */
  action: Action
  section: 'work' | 'library' | 'data' | 'training' | 'project'
}

/** Every place of a project, in the order of the rail. */
export const PLACES: readonly Place[] = [
  { id: 'home', path: '', icon: House, keys: 'g h', action: 'project:read', section: 'work' },
  { id: 'write', path: '/write', icon: PenLine, keys: 'g w', action: 'work:claim', section: 'work' },
  { id: 'review', path: '/review', icon: ScanText, keys: 'g r', action: 'review:claim', section: 'work' },
  { id: 'adjudicate', path: '/adjudicate', icon: Gavel, keys: 'g a', action: 'conversation:adjudicate', section: 'work' },
  { id: 'prompts', path: '/prompts', icon: FileStack, keys: 'g p', action: 'prompt:read', section: 'library' },
  { id: 'conversations', path: '/conversations', icon: MessagesSquare, keys: 'g c', action: 'conversation:list', section: 'library' },
  { id: 'guideline', path: '/guideline', icon: BookOpenText, keys: 'g g', action: 'guideline:read', section: 'library' },
  { id: 'quality', path: '/quality', icon: Gauge, keys: 'g q', action: 'quality:read', section: 'library' },
  { id: 'snapshots', path: '/snapshots', icon: Snowflake, keys: 'g s', action: 'snapshot:read', section: 'data' },
  { id: 'builds', path: '/builds', icon: Package, keys: 'g b', action: 'build:read', section: 'data' },
  { id: 'runs', path: '/runs', icon: Cpu, keys: 'g u', action: 'run:read', section: 'training' },
  { id: 'models', path: '/models', icon: Boxes, keys: 'g m', action: 'model:manage', section: 'training' },
  { id: 'talk', path: '/talk', icon: MessageCircle, keys: 'g t', action: 'model:generate', section: 'training' },
  { id: 'settings', path: '/settings', icon: Settings, keys: 'g ,', action: 'project:read', section: 'project' },
]

/** Pages that ask for more than the place they lie below. */
const PAGES: readonly { path: string; action: Action }[] = [
  { path: '/own', action: 'work:claim' },
  { path: '/prompts/queue', action: 'queue:read' },
  { path: '/guideline/edit', action: 'guideline:edit' },
  { path: '/builds/new', action: 'build:start' },
  { path: '/runs/new', action: 'run:start' },
  { path: '/settings/members', action: 'member:read' },
  { path: '/settings/checks', action: 'project:update' },
  { path: '/settings/tokens', action: 'token:manage' },
  { path: '/settings/audit', action: 'audit:read' },
]

const isBelow = (path: string, root: string) => path === root || path.startsWith(`${root}/`)

/** The action that the page at this address below /p/<project> asks for: that of the longest address it lies at or below. */
export const actionOfPage = (path: string): Action =>
  [...PLACES, ...PAGES].filter((page) => isBelow(path, page.path)).toSorted((a, b) => b.path.length - a.path.length)[0]?.action ?? 'project:read'

/** Order in which places earn one of the few slots of the bottom bar. */
const FIRST_ON_PHONES: readonly Place['id'][] = ['write', 'review', 'runs', 'conversations', 'snapshots', 'guideline']

/** Places a person with these actions may use. */
export const placesFor = (actions: readonly string[]): Place[] => PLACES.filter((place) => actions.includes(place.action))

/** The three places of the bottom bar; the fourth entry opens the rest. */
export function placesOnPhones(places: readonly Place[]): Place[] {
  const home = places.filter((place) => place.id === 'home')
  const others = FIRST_ON_PHONES.flatMap((id) => places.filter((place) => place.id === id))
  return [...home, ...others].slice(0, 3)
}

/** Is `pathname` at this place or below it? */
export const isAt = (place: Place, pathname: string, slug: string): boolean => {
  const address = `/p/${slug}${place.path}`
  return place.path === '' ? pathname === address : isBelow(pathname, address)
}
