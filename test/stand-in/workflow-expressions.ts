import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { ExpressionData } from '@actions/expressions/data/expressiondata';
import { asObject, type Json, type JsonObject } from './json.ts';

/** How things stand where an expression is evaluated: for `success()` and its like. */
export interface Standing {
  readonly hasFailed: boolean;
  readonly isCancelled: boolean;
}

/** GitHub's own expression language, by GitHub's own parser. All methods throw on what GitHub would not accept. */
export interface Expressions {
  /** The template with every `${{ }}` filled in. */
  text(template: Json | undefined): string;
  /** Like `text`, through lists and objects; a template that is one single expression keeps its type. */
  value(template: Json | undefined): Json;
  /** An `if:`; without a status function it also asks for `success()`. */
  condition(expression: Json | undefined): boolean;
}

const contextNames = [
  'github',
  'inputs',
  'env',
  'vars',
  'secrets',
  'steps',
  'runner',
  'job',
  'needs',
  'matrix',
  'strategy',
];

export function expressions(contexts: () => JsonObject, standing: () => Standing): Expressions {
  const flag = (name: string, read: () => boolean) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(read()),
  });
  const functions = [
    flag('success', () => !standing().hasFailed && !standing().isCancelled),
    flag('failure', () => standing().hasFailed && !standing().isCancelled),
    flag('cancelled', () => standing().isCancelled),
    flag('always', () => true),
  ];
  const evaluate = (source: string): ExpressionData => {
    const tree = new Parser(new Lexer(source).lex().tokens, contextNames, functions).parse();
    const known = contexts();
    const context = new data.Dictionary(
      ...contextNames.map((key) => ({ key, value: toExpressionData(known[key] ?? {}) })),
    );
    return new Evaluator(tree, context, new Map(functions.map((one) => [one.name, one]))).evaluate();
  };
  const text = (template: Json | undefined): string => {
    if (template === undefined || template === null) return '';
    return String(template).replace(/\$\{\{(.*?)\}\}/gs, (_, source: string) => evaluate(source.trim()).coerceString());
  };
  const value = (template: Json | undefined): Json => {
    if (Array.isArray(template)) return template.map(value);
    if (typeof template === 'object' && template !== null) {
      return Object.fromEntries(Object.entries(asObject(template)).map(([key, item]) => [key, value(item)]));
    }
    const single = typeof template === 'string' ? /^\s*\$\{\{((?:(?!\}\}).)*)\}\}\s*$/s.exec(template) : null;
    if (single !== null) return toJson(evaluate(single[1]?.trim() ?? ''));
    return typeof template === 'string' ? text(template) : (template ?? null);
  };
  const condition = (expression: Json | undefined): boolean => {
    const source = String(expression ?? '').replace(/^\s*\$\{\{(.*)\}\}\s*$/s, '$1');
    if (source.trim() === '') return isTruthy(evaluate('success()'));
    const asksStatus = /\b(success|failure|always|cancelled)\s*\(/.test(source);
    return isTruthy(evaluate(asksStatus ? source : `success() && (${source})`));
  };
  return { text, value, condition };
}

function toExpressionData(value: Json | undefined): ExpressionData {
  if (value === undefined || value === null) return new data.Null();
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(toExpressionData));
  const pairs = Object.entries(asObject(value)).map(([key, item]) => ({ key, value: toExpressionData(item) }));
  return new data.Dictionary(...pairs);
}

function toJson(value: ExpressionData): Json {
  if (value instanceof data.Null) return null;
  if (value instanceof data.Array) return value.values().map(toJson);
  if (value instanceof data.Dictionary) {
    return Object.fromEntries(value.pairs().map((pair) => [pair.key, toJson(pair.value)]));
  }
  if (value instanceof data.NumberData || value instanceof data.BooleanData) return value.value;
  return value.coerceString();
}

const isTruthy = (value: ExpressionData): boolean => {
  const json = toJson(value);
  return json !== null && json !== false && json !== 0 && json !== '';
};
