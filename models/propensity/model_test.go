package propensity

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func fitted(t *testing.T, s Sample) map[string]*Model {
	t.Helper()
	trees, err := FitTrees(s, TreeOptions{Rounds: 20})
	if err != nil {
		t.Fatal(err)
	}
	logistic, err := FitLogistic(s, LogisticOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := trees.Score(s.X)
	if err != nil {
		t.Fatal(err)
	}
	platt, err := FitPlatt(s.Y, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	isotonic, err := FitIsotonic(s.Y, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	isotonic.Shift = .3
	return map[string]*Model{
		"trees":    {Trees: trees, Calibration: isotonic},
		"logistic": {Logistic: logistic, Calibration: platt},
		"plain":    {Logistic: logistic},
	}
}

// TestRoundTrip: a model read back scores alike and writes the same bytes.
func TestRoundTrip(t *testing.T) {
	s := made(700, 8)
	for name, m := range fitted(t, s) {
		var a, b bytes.Buffer
		if err := m.Save(&a); err != nil {
			t.Fatal(name, err)
		}
		again, err := Load(bytes.NewReader(a.Bytes()))
		if err != nil {
			t.Fatal(name, err)
		}
		if err := again.Save(&b); err != nil {
			t.Fatal(name, err)
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s: the bytes differ", name)
		}
		p, err := m.Score(s.X)
		if err != nil {
			t.Fatal(name, err)
		}
		q, err := again.Score(s.X)
		if err != nil || !reflect.DeepEqual(p, q) {
			t.Errorf("%s: scores differ: %v", name, err)
		}
		x, err := again.Learner().Explain(s.X)
		if err != nil || len(x.Names) != len(s.X) {
			t.Error(name, err)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	leaf := `{"feature":-1,"cover":1}`
	for name, text := range map[string]string{
		"not JSON":       `{`,
		"nothing":        `{}`,
		"unknown key":    `{"forest":1}`,
		"loss":           `{"trees":{"loss":"x","features":[],"trees":[]}}`,
		"no nodes":       `{"trees":{"loss":"log","features":[],"trees":[{"nodes":[]}]}}`,
		"feature":        `{"trees":{"loss":"log","features":[],"trees":[{"nodes":[{"feature":0,"left":1,"right":2},` + leaf + `,` + leaf + `]}]}}`,
		"loop":           `{"trees":{"loss":"log","features":[{"name":"a"}],"trees":[{"nodes":[{"feature":0,"left":0,"right":1},` + leaf + `]}]}}`,
		"two parents":    `{"trees":{"loss":"log","features":[{"name":"a"}],"trees":[{"nodes":[{"feature":0,"left":1,"right":1},` + leaf + `]}]}}`,
		"cuts":           `{"trees":{"loss":"log","features":[{"name":"a","cuts":[2,1]}],"trees":[]}}`,
		"term":           `{"logistic":{"features":[],"terms":[{"feature":"a","step":1}]}}`,
		"calibration":    `{"logistic":{"features":[],"terms":[]},"calibration":{"method":"guess"}}`,
		"no steps":       `{"logistic":{"features":[],"terms":[]},"calibration":{"method":"isotonic"}}`,
		"both, no share": `{"logistic":{"features":[]},"trees":{"loss":"log"}}`,
		"version":        `{"version":99,"logistic":{"features":[],"terms":[]}}`,
	} {
		if _, err := Load(strings.NewReader(text)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(`{"trees":{"loss":"log","features":[{"name":"a","cuts":[1]}],"base":0,"trees":[{"nodes":[{"feature":0,"cut":1,"left":1,"right":2,"cover":2},{"feature":-1,"value":1,"cover":1},{"feature":-1,"cover":1}]}]}}`)
	f.Add(`{"logistic":{"features":[{"name":"a","categorical":true,"levels":["x"]}],"terms":[{"feature":"a","level":"x","kind":"level","step":1}]}}`)
	f.Add(`{"logistic":{"features":[{"name":"a","levels":["x"]}],"terms":[{"feature":"a","level":"x","kind":"level","step":1}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Load(strings.NewReader(text))
		if err != nil {
			return
		}
		x := Table{{Name: "a", Numbers: []float64{1, 2}}}
		for _, table := range []Table{x, {{Name: "a", Levels: []string{"x", ""}}}} {
			_, _ = m.Score(table)
			_, _ = m.Learner().Explain(table)
		}
	})
}

func TestSimplest(t *testing.T) {
	for _, c := range []struct {
		name   string
		losses [][]float64
		want   int
	}{
		{"clearly better", [][]float64{{.5, .52, .51}, {.4, .42, .41}}, 1},
		{"within one standard error", [][]float64{{.41, .39, .43}, {.40, .41, .41}}, 0},
		{"one fold", [][]float64{{.41}, {.40}}, 1},
		{"alike", [][]float64{{.4, .4}, {.4, .4}}, 0},
	} {
		if got, err := Simplest(c.losses); err != nil || got != c.want {
			t.Errorf("%s: %d %v", c.name, got, err)
		}
	}
	if _, err := Simplest([][]float64{{1, 2}, {1}}); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
	if _, err := Simplest(nil); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
}
