'use client'
import { useTranslations } from 'next-intl'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Field } from '#components/ui/field.tsx'
import { Select } from '#components/ui/input.tsx'
import { NumberField } from '#components/ui/number-field.tsx'
import { useInputFault } from '#components/ui/use-input-fault.ts'
import { DEFAULT_CONFIG, RunConfig } from '#lib/domain/training/config.ts'

type NumberPath =
  | 'lora.r'
  | 'lora.alpha'
  | 'lora.dropout'
  | 'optimisation.learningRate'
  | 'optimisation.epochs'
  | 'optimisation.maxSteps'
  | 'optimisation.batchSize'
  | 'optimisation.gradientAccumulationSteps'
  | 'optimisation.warmupSteps'
  | 'optimisation.weightDecay'
  | 'optimisation.maxGradNorm'
  | 'optimisation.seed'
  | 'evaluation.everySteps'
  | 'checkpoints.everySteps'
  | 'checkpoints.keep'
  | 'samples.everySteps'
  | 'samples.maxNewTokens'

const OFTEN_CHANGED = ['optimisation.learningRate', 'optimisation.epochs', 'optimisation.batchSize'] as const satisfies NumberPath[]
const LORA = ['lora.r', 'lora.alpha', 'lora.dropout'] as const satisfies NumberPath[]
const RARELY_CHANGED = [
  'optimisation.maxSteps',
  'optimisation.gradientAccumulationSteps',
  'optimisation.warmupSteps',
  'optimisation.weightDecay',
  'optimisation.maxGradNorm',
  'optimisation.seed',
  'evaluation.everySteps',
  'checkpoints.everySteps',
  'checkpoints.keep',
  'samples.everySteps',
  'samples.maxNewTokens',
] as const satisfies NumberPath[]
/** Null there means never, or not limited. */
const OPTIONAL: ReadonlySet<NumberPath> = new Set(['optimisation.maxSteps', 'evaluation.everySteps', 'checkpoints.everySteps', 'samples.everySteps'])

type Settings = { config: RunConfig; onChange: (config: RunConfig) => void }
type Group = Record<string, unknown>

const split = (path: NumberPath) => path.split('.') as [keyof RunConfig, string]
const read = (config: RunConfig, path: NumberPath): number | null => {
  const [group, name] = split(path)
  return (config[group] as Group)[name] as number | null
}
const withValue = (config: RunConfig, group: keyof RunConfig, name: string, value: unknown) =>
  RunConfig.safeParse({ ...config, [group]: { ...(config[group] as Group), [name]: value } })

/** One number of the configuration; its limits are those of the schema the operation checks with. */
function ConfigNumber({ path, config, onChange }: Settings & { path: NumberPath }) {
  const t = useTranslations('runs')
  const { wordsOf } = useInputFault()
  const [group, name] = split(path)
  const standard = read(DEFAULT_CONFIG, path)
  return (
    <NumberField
      label={t(`field.${path}`)}
      hint={path === 'optimisation.maxSteps' ? t('unlimitedSteps') : t('defaultIs', { value: standard === null ? t('never') : String(standard) })}
      value={read(config, path)}
      isOptional={OPTIONAL.has(path)}
      check={(value) => {
        const result = withValue(config, group, name, value)
        return result.success ? null : wordsOf(result.error.issues[0])
      }}
      onChange={(value) => {
        const result = withValue(config, group, name, value)
        if (result.success) onChange(result.data)
      }}
    />
  )
}

/** Everything a run can be told, the often changed first; each field says its default. */
export function RunSettings({ config, lacksBfloat16, onChange }: Settings & { lacksBfloat16: boolean }) {
  const t = useTranslations('runs')
  const set = (group: keyof RunConfig, name: string, value: unknown) => {
    const result = withValue(config, group, name, value)
    if (result.success) onChange(result.data)
  }
  const numbers = (paths: readonly NumberPath[]) => paths.map((path) => <ConfigNumber key={path} path={path} config={config} onChange={onChange} />)
  return (
    <>
      <Field label={t('method')} hint={t('methodHint')}>
        <Select value={config.method} onChange={(event) => onChange(RunConfig.parse({ ...config, method: event.target.value }))}>
          <option value="lora">{t('methods.lora')}</option>
          <option value="full">{t('methods.full')}</option>
        </Select>
      </Field>
      <div className="grid grid-cols-2 gap-4">{numbers(OFTEN_CHANGED)}</div>
      {config.method === 'lora' && <div className="grid grid-cols-2 gap-4">{numbers(LORA)}</div>}
      <details>
        <summary className="text-ink-2">{t('moreSettings')}</summary>
        <div className="mt-4 grid grid-cols-2 gap-4">
          <Field label={t('field.optimisation.scheduler')} hint={t('defaultIs', { value: DEFAULT_CONFIG.optimisation.scheduler })}>
            <Select value={config.optimisation.scheduler} onChange={(event) => set('optimisation', 'scheduler', event.target.value)}>
              {(['cosine', 'linear', 'constant'] as const).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </Select>
          </Field>
          <Field
            label={t('field.optimisation.dtype')}
            hint={lacksBfloat16 ? t('dtypeInsteadHint') : t('defaultIs', { value: DEFAULT_CONFIG.optimisation.dtype })}
          >
            <Select value={config.optimisation.dtype} onChange={(event) => set('optimisation', 'dtype', event.target.value)}>
              {(['bfloat16', 'float32'] as const).map((name) => (
                <option key={name} value={name}>
                  {name === 'bfloat16' && lacksBfloat16 ? t('dtypeInstead') : name}
                </option>
              ))}
            </Select>
          </Field>
          {numbers(RARELY_CHANGED)}
        </div>
        <Checkbox
          className="mt-4"
          label={t('field.optimisation.gradientCheckpointing')}
          hint={t('checkpointingHint')}
          checked={config.optimisation.gradientCheckpointing}
          onChange={(event) => set('optimisation', 'gradientCheckpointing', event.target.checked)}
        />
      </details>
    </>
  )
}
