/** One real-looking text for each language, with what its outline is: `kind name startLine-endLine`, indented by depth. */
export interface LanguageText {
  readonly path: string;
  readonly text: string;
  readonly outline: readonly string[];
  readonly imports: readonly string[];
}

const typescript: LanguageText = {
  path: 'src/basket.ts',
  text: `import { Price } from './price.ts';
import type * as money from 'money';
import legacy = require('legacy');
export { tax } from './tax.ts';

export interface Basket<T = string> {
  readonly items: readonly T[];
  total(currency: string): number;
}

export type Named = Basket & { name: string };
export enum Size { Small, Large }
declare module 'plugin' { function load(path: string): void }

export const limit = 10, room = limit * 2;
export const add = async (basket: Basket, item: string) => {
  const inner = 1;
  return { ...basket, inner, item };
};

@sealed
export default class Shop<T> extends Base<T> {
  #open = () => true;
  constructor(private readonly name: string) { super(); }
  get title(): string { return \`\${this.name}\`; }
  static async load(path: string): Promise<Shop<string>>;
}

namespace Old.Names {
  export function greet() {}
}

describe('a shop', () => {
  const hidden = 1;
  it.each([1, 2])('holds %d', () => {});
});
`,
  outline: [
    'interface Basket 6-9',
    '  method total 8-8',
    'type Named 11-11',
    'enum Size 12-12',
    "module 'plugin' 13-13",
    '  function load 13-13',
    'constant limit 15-15',
    'constant room 15-15',
    'function add 16-19',
    'class Shop 21-27',
    '  method #open 23-23',
    '  method constructor 24-24',
    '  method title 25-25',
    '  method load 26-26',
    'module Old.Names 29-31',
    '  function greet 30-30',
    'test a shop 33-36',
    '  test holds %d 35-35',
  ],
  imports: ['./price.ts', 'money', 'legacy', './tax.ts'],
};

const tsx: LanguageText = {
  path: 'Price.tsx',
  text: `import { useState } from 'react';

export function Price({ value }: { value: number }) {
  const [shown, show] = useState<boolean>(false);
  return <b onClick={() => show(!shown)}>{value < 0 ? <i>?</i> : value}</b>;
}

export const Prices = () => <><Price value={1} /></>;
`,
  outline: ['function Price 3-6', 'function Prices 8-8'],
  imports: ['react'],
};

const javascript: LanguageText = {
  path: 'lib/index.js',
  text: `'use strict';
const fs = require('fs'), { join } = require('node:path');
const parse = require('./parse').parse;

var Reader = module.exports = function Reader(path) {};
Reader.prototype.next = function* next() { yield 1; };
exports.open = (path) => new Reader(path);

const routes = {
  index(request) { return 'ok'; },
  show: async (request) => request.id,
  depth: 3,
};

class Cache extends Map {
  size = 3;
  get = (key) => super.get(key);
}

module.exports = { routes, close() {} };
`,
  outline: [
    'constant fs 2-2',
    'constant parse 3-3',
    'constant Reader 5-5',
    'function next 6-6',
    'function open 7-7',
    'constant routes 9-13',
    '  method index 10-10',
    '  method show 11-11',
    'class Cache 15-18',
    '  method get 17-17',
    'function close 20-20',
  ],
  imports: ['fs', 'node:path', './parse'],
};

const python: LanguageText = {
  path: 'shop/models.py',
  text: `"""Models."""
import os.path as path, sys
from . import prices, taxes as t
from .base import Base
from django.db import models

LIMIT: int = 10
type Pair = tuple[int, int]

if sys.version_info > (3, 12):
    def newer(): ...
else:
    try:
        import json
    except ImportError:
        json = None


@register("shop")
@final
class Shop(Base):
    """A shop."""
    name = models.CharField()

    @property
    def title(self) -> str:
        def inner(): pass
        return f"{self.name!r}"

    async def load(self, *, path="x"):
        match path:
            case "x": pass


def test_shop():
    assert Shop()
`,
  outline: [
    'constant LIMIT 7-7',
    'type Pair 8-8',
    'function newer 11-11',
    'constant json 16-16',
    'class Shop 19-32',
    '  method title 25-28',
    '  method load 30-32',
    'test test_shop 35-36',
  ],
  imports: ['os.path', 'sys', '.prices', '.taxes', '.base', 'django.db', 'json'],
};

const go: LanguageText = {
  path: 'shop/shop.go',
  text: `package shop

import (
	"fmt"
	m "math/rand"
)
import "os"

const Limit, Room = 10, 20
const (
	Small = iota
	Large
)

var (
	ErrFull = fmt.Errorf("full")
)

type Shop[T any] struct {
	Name string
}

type Opener interface {
	Open() error
}

type (
	Handler func(int) error
	Alias   = string
)

func New(name string) *Shop[int] {
	return &Shop[int]{Name: name}
}

func (s *Shop[T]) Open() error {
	_ = m.Int()
	return nil
}

func TestOpen(t *testing.T) {}
func Testify() {}
`,
  outline: [
    'constant Limit 9-9',
    'constant Room 9-9',
    'constant Small 11-11',
    'constant Large 12-12',
    'constant ErrFull 16-16',
    'class Shop 19-21',
    'interface Opener 23-25',
    '  method Open 24-24',
    'type Handler 28-28',
    'type Alias 29-29',
    'function New 32-34',
    'method Open 36-39',
    'test TestOpen 41-41',
    'function Testify 42-42',
  ],
  imports: ['fmt', 'math/rand', 'os'],
};

const java: LanguageText = {
  path: 'src/main/java/shop/Shop.java',
  text: `package shop;

import java.util.List;
import static org.junit.Assert.*;

@Entity
public class Shop<T extends Item> extends Base implements Opener {
    static final int LIMIT = 10;
    private int count;

    Shop(int count) { this.count = count; }

    @Override
    public int open() { return count; }

    @ParameterizedTest
    void opens() {}

    enum Size { SMALL, LARGE; int room() { return 1; } }
}

interface Opener {
    int ROOM = 3;
    int open();
    default void close() {}
}

record Pair(int left, int right) {
    Pair { check(left); }
}

@interface Marker { String value() default ""; }
`,
  outline: [
    'class Shop 6-20',
    '  constant LIMIT 8-8',
    '  method Shop 11-11',
    '  method open 13-14',
    '  test opens 16-17',
    '  enum Size 19-19',
    '    method room 19-19',
    'interface Opener 22-26',
    '  constant ROOM 23-23',
    '  method open 24-24',
    '  method close 25-25',
    'class Pair 28-30',
    '  method Pair 29-29',
    'interface Marker 32-32',
    '  method value 32-32',
  ],
  imports: ['java.util.List', 'org.junit.Assert.*'],
};

const rust: LanguageText = {
  path: 'src/shop.rs',
  text: `use std::collections::{hash_map::Entry, HashMap as Map};
use crate::prices::{self, *};
use super::tax;
extern crate serde;

pub const LIMIT: usize = 10;
static NAME: &str = "shop";
type Result<T> = std::result::Result<T, Error>;
mod other;

#[derive(Debug)]
pub struct Shop<'a, T> { name: &'a str, items: Vec<T> }

pub enum Size { Small, Large(u8) }

pub trait Opener {
    type Key;
    fn open(&self) -> bool;
    fn close(&self) {}
}

impl<'a, T: Clone> Opener for Shop<'a, T> {
    type Key = u8;
    fn open(&self) -> bool { true }
}

macro_rules! shop { ($name:expr) => { Shop { name: $name } }; }

async fn load(path: &str) -> Result<()> { Ok(()) }

#[cfg(test)]
mod tests {
    use super::*;
    #[tokio::test]
    async fn opens() { assert!(true); }
}
`,
  outline: [
    'constant LIMIT 6-6',
    'constant NAME 7-7',
    'type Result 8-8',
    'module other 9-9',
    'class Shop 12-12',
    'enum Size 14-14',
    'interface Opener 16-20',
    '  type Key 17-17',
    '  method open 18-18',
    '  method close 19-19',
    'class Shop 22-25',
    '  type Key 23-23',
    '  method open 24-24',
    'function shop 27-27',
    'function load 29-29',
    'module tests 32-36',
    '  test opens 35-35',
  ],
  imports: [
    'std::collections::hash_map::Entry',
    'std::collections::HashMap',
    'crate::prices',
    'crate::prices::*',
    'super::tax',
    'serde',
    'super::*',
  ],
};

export const languageTexts: readonly LanguageText[] = [typescript, tsx, javascript, python, go, java, rust];
