// Where the Python of the trainer is, and what its processes may see of ours.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { env } from '#lib/env.ts'
import { home } from '#lib/home.ts'

/** The folder with the Python package; web and worker run in the project's root. */
export const trainerPackage = (): string => path.join(/* turbopackIgnore: true */ process.cwd(), 'trainer')

/** The interpreter of the trainer's own environment. */
export const trainerPython = (): string => path.join(/* turbopackIgnore: true */ home.trainer, 'venv', 'bin', 'python')

/** Written last by the installation: without it the environment is not whole. */
const INSTALLED = 'exemplar-installed.json'

/** Is there an environment that was made to its end? */
export const hasTrainer = (): boolean =>
  env.EXEMPLAR_TRAINER !== 'off' && existsSync(path.join(/* turbopackIgnore: true */ home.trainer, 'venv', INSTALLED))

/** Passed on because tools need them; nothing else is, so that no secret of ours stands in a trainer's environment. */
const PASSED = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'OMP_NUM_THREADS',
  'MKL_NUM_THREADS',
  'CUDA_VISIBLE_DEVICES',
  'PIP_INDEX_URL',
  'PIP_EXTRA_INDEX_URL',
  'PIP_TRUSTED_HOST',
  'PIP_CERT',
  'PIP_CONFIG_FILE',
  'PIP_CACHE_DIR',
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'PYENV_ROOT',
  'PYENV_VERSION',
]

export function trainerVariables(): NodeJS.ProcessEnv {
  const passed = PASSED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  const torchIndex = env.EXEMPLAR_TORCH_INDEX ? { EXEMPLAR_TORCH_INDEX: env.EXEMPLAR_TORCH_INDEX } : {}
  return {
    ...Object.fromEntries(passed),
    ...torchIndex,
    PYTHONPATH: trainerPackage(),
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    NODE_ENV: env.NODE_ENV,
  }
}
