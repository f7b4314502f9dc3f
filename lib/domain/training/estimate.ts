import type { RunConfig } from './config.ts'

/** What a model's folder says about its size; `parameters` counts all weights. */
export type ModelShape = { parameters: number; layers: number; hiddenSize: number; vocabularySize: number; contextTokens: number | null }
/** What a build holds of its training split. */
export type DataShape = { rows: number; tokens: number; longestTokens: number }

const RUNTIME_BYTES = 400 * 2 ** 20
/** Values kept for the backward pass per token, layer and hidden unit: a decoder block's usual count, and what remains with checkpointing. */
const ACTIVATIONS_FULL = 34
const ACTIVATIONS_CHECKPOINTED = 2
/** The logits, their gradient and the softmax between, all fp32. */
const LOGIT_COPIES = 3

/** Low-rank pairs on the linear layers of a decoder: about 12 hidden² weights a layer stand in matrices of side ~ hidden. */
export function trainableParameters(config: RunConfig, model: ModelShape): number {
  if (config.method === 'full') return model.parameters
  const matrices = config.lora.targets === 'all-linear' ? 7 : config.lora.targets.length
  // in + out sides average about 3 hidden over attention (2) and feed-forward (4) matrices.
  return Math.round(model.layers * matrices * config.lora.r * model.hiddenSize * 3)
}

export type Needs = {
  /** Weights, gradients, optimiser and the interpreter: without these it cannot start. */
  certainBytes: number
  /** With activations and logits of the longest batch. */
  likelyBytes: number
  diskBytes: number
}

/** Bytes a run needs. Activations are a rule of thumb, so only `certainBytes` may refuse a run. */
export function estimateNeeds(config: RunConfig, model: ModelShape, data: DataShape): Needs {
  const o = config.optimisation
  const half = o.dtype === 'bfloat16'
  const trainable = trainableParameters(config, model)
  const isLora = config.method === 'lora'
  const weights = model.parameters * (half && isLora ? 2 : 4)
  const certainBytes = RUNTIME_BYTES + weights + (isLora ? trainable * 4 : 0) + trainable * 12
  const tokens = o.batchSize * data.longestTokens
  const width = half ? 2 : 4
  const block = tokens * model.hiddenSize * ACTIVATIONS_FULL * width
  const activations = o.gradientCheckpointing ? block + tokens * model.hiddenSize * ACTIVATIONS_CHECKPOINTED * model.layers * 4 : block * model.layers
  const logits = tokens * model.vocabularySize * 4 * LOGIT_COPIES
  const output = isLora ? trainable * 4 : model.parameters * width
  return {
    certainBytes,
    likelyBytes: certainBytes + activations + logits,
    diskBytes: (config.checkpoints.keep + 1) * trainable * 12 + output + 64 * 2 ** 20,
  }
}

/** Optimiser steps of a whole run. */
export function totalSteps(config: RunConfig, rows: number): number {
  const { maxSteps, epochs, batchSize, gradientAccumulationSteps } = config.optimisation
  if (maxSteps) return maxSteps
  return Math.max(1, Math.ceil(epochs * Math.ceil(rows / (batchSize * gradientAccumulationSteps))))
}

/** Arithmetic a CPU core or a GPU does in a second, for the first estimate on a machine; later runs use what was measured. */
export const CPU_FLOPS_PER_CORE = 25e9

/** What the estimate rests on: what was measured here, or assumed of such a machine. */
type Basis = { tokens: number; tokensPerSecond: number } | { passes: number; parameters: number; tokens: number; operationsPerSecond: number }
export type TimeEstimate = { seconds: number; basis: Basis }

/**
 * How long a run takes. `measuredTokensPerSecond`, of an earlier run of the same model and method here, beats the
 * formula: (4 for LoRA or 6, and 2 more with gradient checkpointing) × parameters × tokens ÷ arithmetic per second.
 */
export function estimateTime(
  config: RunConfig,
  model: ModelShape,
  data: DataShape,
  flopsPerSecond: number,
  measuredTokensPerSecond: number | null,
): TimeEstimate {
  const { batchSize, gradientAccumulationSteps, gradientCheckpointing } = config.optimisation
  const rowsSeen = totalSteps(config, data.rows) * batchSize * gradientAccumulationSteps
  const tokens = data.rows > 0 ? (rowsSeen / data.rows) * data.tokens : 0
  if (measuredTokensPerSecond) {
    return { seconds: tokens / measuredTokensPerSecond, basis: { tokens, tokensPerSecond: measuredTokensPerSecond } }
  }
  const passes = (config.method === 'lora' ? 4 : 6) + (gradientCheckpointing ? 2 : 0)
  const { parameters } = model
  return { seconds: (passes * parameters * tokens) / flopsPerSecond, basis: { passes, parameters, tokens, operationsPerSecond: flopsPerSecond } }
}
