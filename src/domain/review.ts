import { z } from 'zod';

/** What a reviewer model may find, by kind. */
export const findingKinds = ['scope', 'tests', 'missing-case', 'leftover', 'correctness', 'style'] as const;
export type FindingKind = (typeof findingKinds)[number];

export const opinionSchema = z.object({
  verdict: z.enum(['accept', 'send-back', 'veto']),
  findings: z
    .array(
      z.object({
        kind: z.enum(findingKinds).optional(),
        must_fix: z
          .boolean()
          .optional()
          .describe('Whether it has to be mended before a person sees the patch; else it is a remark'),
        path: z.string().max(500).optional(),
        line: z.number().int().positive().optional(),
        text: z.string().trim().min(3).max(2_000),
      }),
    )
    .max(30),
  summary: z.string().trim().max(2_000),
});
export type Opinion = z.infer<typeof opinionSchema>;
type Finding = Opinion['findings'][number];

/** Who sends back and does not say which findings are the reason means all of them. */
const mustFix = ({ verdict }: Opinion, finding: Finding): boolean => finding.must_fix ?? verdict === 'send-back';

const mustFixes = (opinion: Opinion): Finding[] => opinion.findings.filter((one) => mustFix(opinion, one));

/** Why an opinion cannot stand as it is, told to the model, or null. */
export function opinionFault(opinion: Opinion): string | null {
  const must = mustFixes(opinion).length;
  if (opinion.verdict === 'send-back' && must === 0)
    return 'a patch is sent back with at least one finding that must be fixed; with remarks alone, accept it';
  if (opinion.verdict === 'accept' && must > 0)
    return 'a patch with a finding that must be fixed is not accepted: send it back, or make the finding a remark';
  return null;
}

/** What must be fixed, then the remarks, then the summary; for the writer and for people. */
export function opinionText(opinion: Opinion): string {
  const must = mustFixes(opinion);
  const remarks = opinion.findings.filter((finding) => !must.includes(finding));
  const remarkList = remarks.map(findingLine).join('\n');
  return [
    must.map(findingLine).join('\n'),
    remarkList === '' || must.length === 0 ? remarkList : `Remarks:\n${remarkList}`,
    opinion.summary,
  ]
    .filter(Boolean)
    .join('\n\n');
}

const findingLine = ({ kind, path, line, text }: Finding): string =>
  `- ${kind === undefined ? '' : `${kind}: `}${placeOf(path, line)}${text}`;

function placeOf(path: string | undefined, line: number | undefined): string {
  if (path === undefined) return '';
  return `\`${path.replaceAll('`', '')}${line === undefined ? '' : `:${line}`}\`: `;
}
