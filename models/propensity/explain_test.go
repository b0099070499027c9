package propensity

import (
	"encoding/json"
	"math"
	"math/bits"
	"os"
	"strconv"
	"testing"
)

// xgboost reads a model of XGBoost 1.7.4, whose rows go left when v < cut. Its
// numbers are 32-bit.
func xgboost(t testing.TB, names []string) *Trees {
	t.Helper()
	raw, err := os.ReadFile(dataFile(t, "telco/xgb_d3_200.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Learner struct {
			Booster struct {
				Model struct {
					Trees []struct {
						Left    []int     `json:"left_children"`
						Right   []int     `json:"right_children"`
						Index   []int     `json:"split_indices"`
						Cut     []float64 `json:"split_conditions"`
						Default []int     `json:"default_left"`
						Hessian []float64 `json:"sum_hessian"`
					} `json:"trees"`
				} `json:"model"`
			} `json:"gradient_booster"`
		} `json:"learner"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	m := &Trees{Loss: LogLoss}
	for _, n := range names {
		m.Features = append(m.Features, Feature{Name: n})
	}
	for _, x := range file.Learner.Booster.Model.Trees {
		var tree Tree
		for k := range x.Left {
			n := Node{Feature: -1, Value: x.Cut[k], Cover: x.Hessian[k]}
			if x.Left[k] >= 0 {
				cut := math.Nextafter(float64(float32(x.Cut[k])), math.Inf(-1))
				n = Node{Feature: x.Index[k], Cut: cut, Left: x.Left[k], Right: x.Right[k], MissingLeft: x.Default[k] == 1, Cover: x.Hessian[k]}
			}
			tree.Nodes = append(tree.Nodes, n)
		}
		m.Trees = append(m.Trees, tree)
	}
	m.trim()
	return m
}

// encoded is the table the model was fitted on; its numbers become 32-bit as in
// XGBoost.
func encoded(t testing.TB) Table {
	t.Helper()
	rows := readCSV(t, "telco/telco_encoded_xgb_oof.csv")
	x := make(Table, 19)
	for k := range x {
		x[k].Name = rows[0][k]
		for _, r := range rows[1:] {
			v, err := strconv.ParseFloat(r[k], 64)
			if err != nil {
				t.Fatal(err)
			}
			x[k].Numbers = append(x[k].Numbers, float64(float32(v)))
		}
	}
	return x
}

func names(x Table) (out []string) {
	for _, c := range x {
		out = append(out, c.Name)
	}
	return out
}

// TestTreeSHAPOfXGBoost: the contributions that XGBoost 1.7.4 itself gives for
// its trees on the first 200 rows, in 32-bit arithmetic (its own additivity
// error is 3e-6), and mean |share| over all 7,043: Contract .793, tenure .461,
// MonthlyCharges .393, OnlineSecurity .234, TechSupport .185, TotalCharges .144.
func TestTreeSHAPOfXGBoost(t *testing.T) {
	x := encoded(t)
	m := xgboost(t, names(x))
	e, err := m.Explain(x)
	if err != nil {
		t.Fatal(err)
	}
	worst := 0.0
	for i, r := range readCSV(t, "telco/xgb_treeshap_first200.csv")[1:] {
		for k := range r {
			want, err := strconv.ParseFloat(r[k], 64)
			if err != nil {
				t.Fatal(err)
			}
			got := e.Base
			if k < 19 {
				got = e.Shares[k][i]
			} else if k == 20 {
				got = e.Margins[i]
			}
			worst = max(worst, math.Abs(got-want))
		}
	}
	t.Logf("largest difference %.2g", worst)
	if worst > 1e-5 {
		t.Errorf("the largest difference is %g", worst)
	}
	for name, want := range map[string]float64{"Contract": .793, "tenure": .461, "MonthlyCharges": .393, "OnlineSecurity": .234, "TechSupport": .185, "TotalCharges": .144} {
		for k := range e.Names {
			if e.Names[k] != name {
				continue
			}
			mean := 0.0
			for _, v := range e.Shares[k] {
				mean += math.Abs(v) / float64(len(e.Shares[k]))
			}
			near(t, name, mean, want, 6e-4)
		}
	}
	margins, err := m.Margins(x)
	if err != nil {
		t.Fatal(err)
	}
	for i := range margins {
		if math.Abs(margins[i]-e.Margins[i]) > 1e-9 {
			t.Fatalf("row %d: the shares add up to %v, the margin is %v", i, e.Margins[i], margins[i])
		}
	}
}

// TestShapleyBrute compares with the definition: all subsets of features, each
// worth the tree's expectation when only they are known.
func TestShapleyBrute(t *testing.T) {
	s := made(600, 3)
	for _, depth := range []int{1, 3, 5} { // 5 has more splits than patterns are kept for
		m, err := FitTrees(s, TreeOptions{Rounds: 6, Depth: depth, Rate: .5, MinChildWeight: .5})
		if err != nil {
			t.Fatal(err)
		}
		e, err := m.Explain(s.X)
		if err != nil {
			t.Fatal(err)
		}
		n := len(m.Features)
		codes := newCodeBlock(n, 40)
		codes.fill(s.X, newCoders(m.Features), 0, 40)
		for i := range 40 {
			var row []uint8
			for _, c := range codes.columns {
				row = append(row, c[i])
			}
			worth := make([]float64, 1<<n)
			for set := range worth {
				for k := range m.Trees {
					worth[set] += expectation(m, &m.Trees[k], 0, row, set)
				}
			}
			for f := range n {
				want := 0.0
				for set := range worth {
					if set>>f&1 == 0 {
						size := bits.OnesCount(uint(set))
						want += (worth[set|1<<f] - worth[set]) / float64(n) / choose(n-1, size)
					}
				}
				near(t, m.Features[f].Name, e.Shares[f][i], want, 1e-12)
			}
		}
	}
}

func expectation(m *Trees, t *Tree, at int, row []uint8, set int) float64 {
	n := &t.Nodes[at]
	if n.Feature < 0 {
		return n.Value
	}
	if set>>n.Feature&1 == 1 {
		if n.goesLeft(&m.Features[n.Feature], int(row[n.Feature])) {
			return expectation(m, t, n.Left, row, set)
		}
		return expectation(m, t, n.Right, row, set)
	}
	l, r := t.Nodes[n.Left].Cover/n.Cover, t.Nodes[n.Right].Cover/n.Cover
	return l*expectation(m, t, n.Left, row, set) + r*expectation(m, t, n.Right, row, set)
}

func choose(n, k int) float64 {
	v := 1.0
	for i := range k {
		v *= float64(n-i) / float64(i+1)
	}
	return v
}

func BenchmarkTreeSHAP(b *testing.B) {
	x := encoded(b)
	m := xgboost(b, names(x))
	cpu(b, func() {
		if _, err := m.Explain(x); err != nil {
			b.Fatal(err)
		}
	})
}
