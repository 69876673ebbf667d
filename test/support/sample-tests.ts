/** A file of tests in each family of languages: two tests, one assertion each. */
export const sampleTests = {
  'test/a.test.ts': `import { f } from '../src/f.ts';

describe('f', () => {
  it('counts', () => {
    const got = f(1);
    expect(got).toBe(2);
  });

  it('is close', () => {
    expect(f(0.1)).toBeCloseTo(0.3, 5);
  });
});
`,
  'tests/test_a.py': `import pytest
from a import f


def test_counts():
    got = f(1)
    assert got == 2


def test_is_close():
    assert f(0.1) == pytest.approx(0.3, rel=1e-6)
`,
  'a_test.go': `package a

func TestCounts(t *testing.T) {
	got := F(1)
	if got != 2 {
		t.Errorf("got %d", got)
	}
}

func TestIsClose(t *testing.T) {
	assert.InDelta(t, 0.3, F(0.1), 0.001)
}
`,
  'src/test/java/ATest.java': `class ATest {
  @Test
  void counts() {
    int got = f(1);
    assertEquals(2, got);
  }

  @Test
  void isClose() {
    assertEquals(0.3, f(0.1), 0.001);
  }
}
`,
  'src/a.rs': `pub fn f(x: i32) -> i32 {
    assert!(x > 0);
    x + 1
}

#[cfg(test)]
mod tests {
    #[test]
    fn counts() {
        let got = f(1);
        assert_eq!(got, 2);
    }

    #[test]
    fn is_close() {
        assert!((f(1) - 2).abs() < 1);
    }
}
`,
  'spec/a_spec.rb': `describe 'f' do
  it 'counts' do
    got = f(1)
    expect(got).to eq(2)
  end

  it 'is close' do
    expect(f(0.1)).to be_within(0.001).of(0.3)
  end
end
`,
  'Shop.Tests/ATests.cs': `public class ATests
{
    [Fact]
    public void Counts()
    {
        var got = F(1);
        Assert.Equal(2, got);
    }

    [Fact]
    public void IsClose()
    {
        Assert.Equal(0.3, F(0.1), precision: 5);
    }
}
`,
  'test/a_test.cpp': `TEST(F, Counts) {
  int got = f(1);
  EXPECT_EQ(got, 2);
}

TEST(F, IsClose) {
  EXPECT_NEAR(f(0.1), 0.3, 0.001);
}
`,
} as const;

export type SamplePath = keyof typeof sampleTests;
