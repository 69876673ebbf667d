import type { Effort } from '../domain/conversation.ts';

/** What a request says about thinking. */
export interface ThinkingForm {
  readonly thinking?: { type: 'adaptive' } | { type: 'disabled' } | { type: 'enabled'; budget_tokens: number };
  readonly output_config?: { effort: 'low' | 'medium' | 'high' | 'xhigh' | 'max' };
}

type Thinking = Exclude<Effort, 'none'>;

/** Of thinking by a budget, as models before 4.6 do it; the least that Anthropic takes is 1024. */
const budgets: Readonly<Record<Thinking, number>> = { low: 2_048, medium: 8_192, high: 16_384, max: 32_000 };
const leastBudget = 1_024;
/** What is left for the answer, beside a budget. */
const leastAnswer = 1_024;

/**
 * The forms in which a model can be told how hard to think, the likeliest first; the last says nothing.
 *
 * Since 4.6 models think adaptively and take a word for the effort, and since 4.7 nothing else; those before want a
 * budget (https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking,
 * https://platform.claude.com/docs/en/build-with-claude/effort). A name that we cannot read is a new one. Some models
 * refuse to have their thinking switched off: they are asked to think little.
 */
export function thinkingForms(model: string, effort: Effort | undefined, maxOutputTokens: number): ThinkingForm[] {
  if (effort === undefined) return [{}];
  if (effort === 'none') {
    return isAdaptive(model)
      ? [{ thinking: { type: 'disabled' } }, { output_config: { effort: 'low' } }, {}]
      : [{ thinking: { type: 'disabled' } }, {}];
  }
  const adaptive: ThinkingForm[] = [{ thinking: { type: 'adaptive' }, output_config: { effort } }];
  if (effort === 'max') adaptive.push({ thinking: { type: 'adaptive' }, output_config: { effort: 'high' } });
  const budget_tokens = Math.min(budgets[effort], maxOutputTokens - leastAnswer);
  const budget: ThinkingForm[] = budget_tokens < leastBudget ? [] : [{ thinking: { type: 'enabled', budget_tokens } }];
  return isAdaptive(model) ? [...adaptive, ...budget, {}] : [...budget, ...adaptive, {}];
}

/** `claude-haiku-4-5-20251001`, `claude-opus-5`, `claude-3-7-sonnet-latest`: what stands before a date is the version. */
function isAdaptive(model: string): boolean {
  const version = /claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(model);
  if (version === null) return true;
  const [, major, minor] = version;
  return Number(major) > 4 || (Number(major) === 4 && Number(minor ?? 0) >= 6);
}
