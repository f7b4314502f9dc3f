// Who may import whom: domain ← services ← web or worker, with adapters between services and the outside world.
// tests/unit/architecture.test.ts plants a violation of every rule here and expects it to be found.

/** Erased when run: a type crosses every border for free. */
const TYPES = ['type-only', 'pre-compilation-only']

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

const layers = [
  rule(
    'domain-is-pure',
    'lib/domain runs in browser and server: it imports nothing of ours but itself.',
    { path: '^lib/domain/' },
    { path: '^(app|components|prisma|scripts|lib)/', pathNot: '^lib/domain/' },
  ),
  rule('domain-needs-no-node', 'lib/domain runs in the browser, where Node has no modules.', { path: '^lib/domain/' }, { dependencyTypes: ['core'] }),
  rule(
    'services-stand-alone',
    'Services know neither web nor worker; the names of themes are a plain list.',
    { path: '^lib/services/' },
    { path: '^(app|components|scripts|lib/(api|client|web|worker|i18n))/', pathNot: '^lib/web/theme\\.ts$' },
  ),
  rule(
    'adapters-serve',
    'Adapters are called by services and never call back.',
    { path: '^lib/adapters/' },
    { path: '^(app|components|scripts|lib/(services|api|auth|client|web|worker|i18n))/' },
  ),
  rule(
    'app-calls-operations',
    'Pages and routes reach data through operations.',
    { path: '^(app|proxy\\.ts)' },
    { path: '^lib/(db\\.ts$|adapters/|generated/prisma/|worker/)' },
  ),
  rule(
    'worker-is-no-web',
    'The worker runs without Next.',
    { path: '^lib/worker/' },
    { path: '^(app|components|lib/(api|client|web|i18n))/|^node_modules/(next|react)/' },
  ),
  rule('library-is-below-pages', 'Nothing in lib imports pages, components or scripts.', { path: '^lib/' }, { path: '^(app|components|scripts)/' }),
]

const browser = [
  rule(
    'components-run-in-the-browser',
    'Components see the server only through lib/client.',
    { path: '^components/' },
    {
      path: '^(app|prisma|scripts)/|^lib/(services|adapters|api|auth|worker|generated)/|^lib/(db|env|home|log|request-id)\\.ts$',
      dependencyTypesNot: TYPES,
    },
  ),
  rule(
    'client-runs-in-the-browser',
    'lib/client may use the types of the API, not its code.',
    { path: '^lib/client/' },
    { path: '^lib/(services|adapters|api|auth|worker|generated/prisma)/|^lib/(db|env|home|log|request-id)\\.ts$', dependencyTypesNot: TYPES },
  ),
  rule(
    'primitives-know-no-noun',
    'components/ui is the set of primitives.',
    { path: '^components/ui/' },
    { path: '^components/(?!ui/)|^lib/(services|api)/' },
  ),
]

/** Besides services: sign-in, which is next-auth's and comes before any operation, and the worker's farewell. */
const DATABASE_USERS = '^lib/(services/|db\\.ts$|auth/(authenticate|options|session)\\.ts$|worker/main\\.ts$)'

const libraries = [
  rule(
    'database-in-services',
    'Services touch the database; the few others are listed.',
    { path: '^(app|components|lib)/', pathNot: DATABASE_USERS },
    { path: '^lib/db\\.ts$' },
  ),
  rule(
    'database-client-in-services',
    'The generated client belongs to services and lib/db.',
    { path: '^(app|components|lib)', pathNot: '^lib/(services/|db\\.ts$|generated/)' },
    { path: '^lib/generated/prisma/', dependencyTypesNot: TYPES },
  ),
  rule(
    'orpc-in-three-places',
    'oRPC is hidden behind the operation (with its errors and its kept answers), its HTTP face and the client.',
    { path: '^(app|components|lib|prisma|tests)/', pathNot: '^lib/(services/(operation|problem|idempotency)|client/api)\\.ts$|^lib/api/' },
    { path: '^node_modules/@orpc/' },
  ),
  rule(
    'development-packages-stay-out',
    'The product runs without development packages.',
    { path: '^(app|components|lib)/' },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: TYPES },
  ),
  rule('tests-are-not-imported', 'The product does not know its tests.', { path: '^(app|components|lib|prisma)/' }, { path: '^tests/' }),
]

const general = [
  rule('no-cycles', 'A cycle has no first part to understand.', {}, { circular: true, viaOnly: { dependencyTypesNot: TYPES } }),
  rule(
    'resolvable',
    'An import that leads nowhere.',
    { path: '^(app|components|lib|prisma|scripts|tests)/' },
    { couldNotResolve: true, pathNot: '\\.css$' },
  ),
]

module.exports = {
  forbidden: [...layers, ...browser, ...libraries, ...general],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.next|\\.exemplar|node_modules/\\.)' },
    // TypeScript 7 has no interface for tools; swc reads the sources instead.
    parser: 'swc',
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json'],
    },
  },
}
