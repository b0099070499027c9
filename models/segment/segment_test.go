package segment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// cloud is a Gaussian component: axes scaled by spread, then sheared so that
// neighbours correlate.
type cloud struct {
	weight float64
	mean   []float64
	spread float64
	shear  float64
}

func draw(seed uint64, n int, clouds []cloud) (d Data, truth []int) {
	rng := rand.New(rand.NewPCG(seed, 5))
	dims := len(clouds[0].mean)
	d = Data{Features: make([]Feature, dims), Columns: make([][]float64, dims)}
	for j := range dims {
		d.Features[j].Name = fmt.Sprintf("x%d", j)
	}
	for range n {
		c, u := 0, rng.Float64()
		for ; c < len(clouds)-1 && u > clouds[c].weight; c++ {
			u -= clouds[c].weight
		}
		truth = append(truth, c)
		last := 0.0
		for j, mean := range clouds[c].mean {
			last = rng.NormFloat64()*clouds[c].spread + clouds[c].shear*last
			d.Columns[j] = append(d.Columns[j], mean+last)
		}
	}
	return d, truth
}

// slanted clouds overlap along single features and differ in size and spread.
var slanted = []cloud{
	{.45, []float64{0, 0, 0, 0}, 1, .8}, {.25, []float64{6, 0, 0, 6}, 1.5, 0},
	{.2, []float64{0, 7, -6, 0}, .7, -.7}, {.1, []float64{7, 7, 7, -7}, 1, .5},
}

func round(k, dims int, distance float64) (clouds []cloud) {
	for c := range k {
		mean := make([]float64, dims)
		for j := range mean {
			mean[j] = distance * float64((c+j)%k) / float64(k)
		}
		clouds = append(clouds, cloud{1 / float64(k), mean, 1, 0})
	}
	return clouds
}

func fit(t testing.TB, d Data, o Options) *Model {
	t.Helper()
	m, err := Fit(context.Background(), d, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func agreement(t testing.TB, truth []int, m *Model) float64 {
	t.Helper()
	a, err := AdjustedRand(truth, m.Labels)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestMixtureFindsWhatIsPlanted(t *testing.T) {
	d, truth := draw(1, 3000, slanted)
	m := fit(t, d, Options{Method: MixtureModel, KMax: 6, Bootstraps: 10})
	if a := agreement(t, truth, m); m.K != 4 || m.Mixture.Covariance != Full || a < .9 {
		t.Errorf("%d segments, %s, adjusted Rand %.3f", m.K, m.Mixture.Covariance, a)
	}
	// Weights and means within three standard errors of those planted.
	for c, s := range m.Segments {
		w := slanted[c].weight
		if se := math.Sqrt(w * (1 - w) / 3000); math.Abs(m.Mixture.Weights[c]-w) > 3*se {
			t.Errorf("segment %d: weight %.3f, planted %.3f", c, m.Mixture.Weights[c], w)
		}
		for j, st := range s.Profile {
			if math.Abs(st.Mean-slanted[c].mean[j]) > 3.5*st.StandardDeviation/math.Sqrt(float64(st.Present)) {
				t.Errorf("segment %d: %s is %.2f, planted %.2f", c, d.Features[j].Name, st.Mean, slanted[c].mean[j])
			}
		}
		if s.Verdict != Stable || s.Jaccard < .9 || s.Certainty < .95 {
			t.Errorf("segment %d: %s, Jaccard %.2f, certainty %.2f", c, s.Verdict, s.Jaccard, s.Certainty)
		}
	}
	if len(m.Choice.Table) != 18 || m.Stability.Rand < .9 || !strings.Contains(m.Choice.Words.EN, "4 segments: the mixture with full covariances has the lowest BIC of 18") {
		t.Errorf("%d candidates, stability %.2f, %q", len(m.Choice.Table), m.Stability.Rand, m.Choice.Words.EN)
	}
}

func TestKMeansFindsWhatIsPlanted(t *testing.T) {
	d, truth := draw(2, 2500, round(5, 6, 24))
	for _, c := range []Criterion{PredictionStrength, Silhouette, CalinskiHarabasz, Gap} {
		m := fit(t, d, Options{Criterion: c, Bootstraps: -1, SampleSize: 1000, SilhouetteRows: 400})
		if a := agreement(t, truth, m); m.K != 5 || a < .9 {
			t.Errorf("%s: %d segments, adjusted Rand %.3f", c, m.K, a)
		}
		if m.Choice.Rows != 1000 || !strings.Contains(m.Choice.Words.EN, "sample of 1000 of 2500") || m.Choice.Words.ZH == "" {
			t.Errorf("%s: %+v", c, m.Choice.Words)
		}
	}
}

// One long cloud, and one even square, are no groups.
func TestNothingToDivide(t *testing.T) {
	long, _ := draw(3, 700, []cloud{{1, make([]float64, 5), 1, .9}})
	rng := rand.New(rand.NewPCG(4, 4))
	even := Data{Features: make([]Feature, 3), Columns: make([][]float64, 3)}
	for j := range even.Columns {
		for range 700 {
			even.Columns[j] = append(even.Columns[j], rng.Float64())
		}
	}
	for name, d := range map[string]Data{"long": long, "even": even} {
		m := fit(t, d, Options{SilhouetteRows: 400})
		if m.K != 1 || m.Segments[0].Name != (Words{"average", "一般"}) || !strings.Contains(m.Choice.Words.EN, "no groups") {
			t.Errorf("%s: %d segments, %q", name, m.K, m.Choice.Words.EN)
		}
	}
	if m := fit(t, long, Options{Method: MixtureModel}); m.K != 1 {
		t.Errorf("mixture: %d segments: %s", m.K, m.Choice.Words.EN)
	}
}

// Asked for at least two where there is one, the answer says that none is found
// again.
func TestNoneIsFoundAgain(t *testing.T) {
	d, _ := draw(13, 600, []cloud{{1, make([]float64, 6), 1, 0}})
	m := fit(t, d, Options{KMin: 3, KMax: 5, Bootstraps: -1})
	if m.K < 3 || !strings.Contains(m.Choice.Words.EN, "none is found again") || !strings.Contains(m.Choice.Words.ZH, "没有一种") {
		t.Errorf("%d segments, %+v", m.K, m.Choice.Words)
	}
}

func TestTooManySegmentsAreUnstable(t *testing.T) {
	d, _ := draw(5, 1500, round(3, 4, 20))
	good, bad := fit(t, d, Options{K: 3}), fit(t, d, Options{K: 6})
	for _, s := range good.Segments {
		if s.Jaccard < .95 || s.Dissolved > 0 || s.Verdict != Stable {
			t.Errorf("a planted segment: %s, Jaccard %.2f", s.Verdict, s.Jaccard)
		}
	}
	if good.Stability.Rand < .95 || good.Stability.Runs != 30 || len(good.Warnings) > 0 {
		t.Errorf("%+v %v", good.Stability, good.Warnings)
	}
	if bad.Stability.Rand > .8 || len(bad.Warnings) == 0 || !strings.Contains(bad.Warnings[0].EN, "not found again") {
		t.Errorf("six of three: %+v %v", bad.Stability, bad.Warnings)
	}
	if good.Silhouette < bad.Silhouette+.1 {
		t.Errorf("silhouettes %.2f and %.2f", good.Silhouette, bad.Silhouette)
	}
}

func permuted(d Data, order []int) Data {
	p := Data{Features: d.Features}
	for _, values := range d.Columns {
		column := make([]float64, len(order))
		for i, row := range order {
			column[i] = values[row]
		}
		p.Columns = append(p.Columns, column)
	}
	return p
}

// The same model to the last bit, for any order of rows and number of cores.
func TestOrderOfRowsAndCoresDoNotMatter(t *testing.T) {
	d, _ := company(8, 900, .2)
	for i := 0; i < 900; i += 7 {
		d.Columns[6][i] = math.NaN()
	}
	order := rand.New(rand.NewPCG(6, 6)).Perm(900)
	shuffled := permuted(d, order)
	for _, o := range []Options{{Bootstraps: 4, Seed: 3, SampleSize: 600, SilhouetteRows: 300}, {Method: MixtureModel, KMax: 4, Bootstraps: 2, SampleSize: 600}} {
		want := fit(t, d, o)
		for _, cores := range []int{1, 3} {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			got := fit(t, shuffled, o)
			for i, row := range order {
				if got.Labels[i] != want.Labels[row] || got.Certainty != nil && got.Certainty[i] != want.Certainty[row] {
					t.Fatalf("%s, %d cores: row %d is placed otherwise", o.Method, cores, row)
				}
			}
			for c, s := range got.Segments {
				for i, p := range s.Prototypes {
					got.Segments[c].Prototypes[i] = order[p]
				}
			}
			got.Labels, got.Certainty = want.Labels, want.Certainty
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %d cores: another model", o.Method, cores)
			}
		}
	}
}

func TestUnitsOfMoneyDoNotMatter(t *testing.T) {
	d, _ := company(9, 600, .2)
	want := fit(t, d, Options{K: 4, Bootstraps: -1})
	scaled := Data{Features: slices.Clone(d.Features), Columns: slices.Clone(d.Columns)}
	scaled.Features[2].Unit *= 8 // a power of two, so that no bit is lost
	scaled.Columns[2] = nil
	for _, v := range d.Columns[2] {
		scaled.Columns[2] = append(scaled.Columns[2], 8*v)
	}
	got := fit(t, scaled, Options{K: 4, Bootstraps: -1})
	if !slices.Equal(got.Labels, want.Labels) {
		t.Error("labels depend on the unit")
	}
	for c := range got.Segments {
		if g, w := got.Segments[c].Profile[2], want.Segments[c].Profile[2]; g.Mean != 8*w.Mean || g.P75 != 8*w.P75 || g.Difference != w.Difference {
			t.Errorf("segment %d: %+v, want 8 × %+v", c, g, w)
		}
	}
}

func TestAssignRepeatsTheLabels(t *testing.T) {
	d, _ := company(10, 500, .2)
	for _, method := range []Method{KMeansModel, MixtureModel} {
		m := fit(t, d, Options{Method: method, K: 4, Bootstraps: -1})
		for i := range m.Labels {
			row := make([]float64, len(d.Columns))
			for c := range row {
				row[c] = d.Columns[c][i]
			}
			got, probabilities, err := m.Assign(row)
			if err != nil || got != m.Labels[i] {
				t.Fatalf("%s: row %d is in %d, Assign says %d %v", method, i, m.Labels[i], got, err)
			}
			if method == MixtureModel && (math.Abs(sum(probabilities)-1) > 1e-12 || probabilities[got] != m.Certainty[i]) {
				t.Fatalf("row %d: probabilities %v, certainty %v", i, probabilities, m.Certainty[i])
			}
		}
		for _, row := range [][]float64{nil, {1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, .5, math.Inf(1), .5, 7, .5, .5}} {
			if _, _, err := m.Assign(row); err == nil {
				t.Errorf("%v was placed", row)
			}
		}
	}
}

func sum(values []float64) (s float64) {
	for _, v := range values {
		s += v
	}
	return s
}

func TestNamesProfilesAndPrototypes(t *testing.T) {
	d, _ := company(11, 1200, .1)
	m := fit(t, d, Options{K: 6, Bootstraps: -1})
	seen, rows := map[string]bool{}, 0
	for c, s := range m.Segments {
		if seen[s.Name.EN] || seen[s.Name.ZH] || s.Name.EN == "" || s.Name.ZH == "" {
			t.Errorf("segment %d: name %v is empty or taken", c, s.Name)
		}
		seen[s.Name.EN], seen[s.Name.ZH] = true, true
		rows += s.Rows
		if c > 0 && s.Rows > m.Segments[c-1].Rows {
			t.Error("segments are not in order of size")
		}
		checkProfile(t, d, m, c)
		for i, tr := range s.Traits {
			if math.Abs(tr.Difference) < .5 || i > 0 && math.Abs(tr.Difference) > math.Abs(s.Traits[i-1].Difference) || tr.Difference != s.Profile[tr.Feature].Difference {
				t.Errorf("segment %d: trait %+v", c, tr)
			}
		}
		nearest := math.Inf(1)
		for i, l := range m.Labels {
			if l == c {
				nearest = min(nearest, offCenter(t, m, d, i, s.Center))
			}
		}
		if got := offCenter(t, m, d, s.Prototypes[0], s.Center); m.Labels[s.Prototypes[0]] != c || got != nearest || len(s.Prototypes) != 3 {
			t.Errorf("segment %d: prototypes %v, at %v; the nearest is at %v", c, s.Prototypes, got, nearest)
		}
	}
	if rows != 1200 {
		t.Errorf("segments hold %d rows", rows)
	}
}

func offCenter(t *testing.T, m *Model, d Data, row int, center []float64) float64 {
	z := make([]float64, 0, len(center))
	for c := range m.Scales {
		v, err := m.Scales[c].z(d.Columns[c][row])
		if err != nil {
			t.Fatal(err)
		}
		z = append(z, v)
	}
	return squared(z, center)
}

// checkProfile measures one segment again, the slow way.
func checkProfile(t *testing.T, d Data, m *Model, c int) {
	t.Helper()
	for f, values := range d.Columns {
		var in, out, zin, zout, all []float64
		for i, v := range values {
			z, _ := m.Scales[f].z(v)
			all = append(all, z)
			if m.Labels[i] == c {
				in, zin = append(in, v), append(zin, z)
			} else {
				out, zout = append(out, v), append(zout, z)
			}
		}
		slices.Sort(in)
		_, deviation := moments(all)
		difference := (sum(zin)/float64(len(zin)) - sum(zout)/float64(len(zout))) / deviation
		s := m.Segments[c].Profile[f]
		if s.Present != len(in) || s.OthersPresent != len(out) || math.Abs(s.Mean-sum(in)/float64(len(in))) > 1e-9*math.Abs(s.Mean) ||
			math.Abs(s.OthersMean-sum(out)/float64(len(out))) > 1e-9*math.Abs(s.OthersMean) || s.Low != in[0] || s.High != in[len(in)-1] ||
			s.Median != (in[(len(in)-1)/2]+in[len(in)/2])/2 || math.Abs(s.Difference-difference) > 1e-9 {
			t.Errorf("segment %d, %s: %+v; difference %v", c, d.Features[f].Name, s, difference)
		}
	}
}

// Two segments that differ only in a third trait, and two that cannot be told
// apart by words at all.
func TestNamesAreDistinct(t *testing.T) {
	trait := func(w string) Trait { return Trait{Words: Words{w, w}} }
	m := &Model{K: 4, Segments: []Segment{
		{Traits: []Trait{trait("a"), trait("b"), trait("c")}}, {Traits: []Trait{trait("a"), trait("b"), trait("d")}}, {}, {}}}
	m.name(Options{NameTraits: 2, Average: Words{"average", "一般"}})
	for c, want := range []Words{{"a, b, c", "a、b、c"}, {"a, b, d", "a、b、d"}, {"average", "一般"}, {"average (2)", "一般(2)"}} {
		if m.Segments[c].Name != want {
			t.Errorf("segment %d: %v, want %v", c, m.Segments[c].Name, want)
		}
	}
	if w := (Feature{Name: "spend"}).words(true); w != (Words{"high spend", "spend高"}) {
		t.Errorf("a feature without words: %v", w)
	}
}

func TestWhatCannotBeDivided(t *testing.T) {
	column := func(values ...float64) Data {
		return Data{Features: []Feature{{Name: "x"}}, Columns: [][]float64{values}}
	}
	same := slices.Repeat([]float64{7}, 30)
	for name, c := range map[string]struct {
		d    Data
		o    Options
		want error
		text string
	}{
		"nothing":        {Data{}, Options{}, ErrShape, "no features"},
		"no rows":        {column(), Options{}, ErrTooFew, "0, at least 10"},
		"one customer":   {column(3), Options{}, ErrTooFew, "1, at least 10"},
		"all the same":   {column(same...), Options{}, ErrUniform, "all 1 features"},
		"all missing":    {column(slices.Repeat([]float64{math.NaN()}, 20)...), Options{}, ErrUniform, ""},
		"few behaviours": {column(append(slices.Clone(same), 8)...), Options{K: 3}, ErrTooFew, "31 customers with 2 different behaviours cannot make 3"},
		"infinite":       {column(append(slices.Clone(same), math.Inf(1))...), Options{}, ErrValue, "x is +Inf (row 30)"},
		"columns":        {Data{Features: []Feature{{}, {}}, Columns: [][]float64{same}}, Options{}, ErrShape, "2 features, 1 columns"},
		"rows":           {Data{Features: []Feature{{Name: "a"}, {Name: "b"}}, Columns: [][]float64{same, {1}}}, Options{}, ErrShape, "b has 1 rows, a 30"},
		"share":          {Data{Features: []Feature{{Name: "s", Transform: Logit}}, Columns: [][]float64{{1.5}}}, Options{}, ErrValue, "s is 1.5, not a share (row 0)"},
		"refused":        {Data{Features: []Feature{{Name: "s", Missing: Refuse}}, Columns: [][]float64{{math.NaN()}}}, Options{}, ErrValue, "s is missing in row 0"},
	} {
		_, err := Fit(t.Context(), c.d, c.o)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := column(append(slices.Clone(same), 1, 2, 3, 4)...)
	for _, o := range []Options{{Method: "magic"}, {Criterion: BIC}, {Method: MixtureModel, Criterion: Gap}, {Covariances: []Covariance{"round"}}, {K: -1}, {KMin: 5, KMax: 3},
		{KMax: 1}, {VarianceFloor: 2}, {VarianceFloor: math.NaN()}, {Starts: -1}, {SampleSize: 5}} {
		if _, err := Fit(t.Context(), good, o); err == nil {
			t.Errorf("options %+v were accepted", o)
		}
	}
	for _, f := range []Feature{{Transform: "square"}, {Missing: "mode"}, {Unit: -1}, {Clip: .7}} {
		if _, err := Fit(t.Context(), Data{Features: []Feature{f}, Columns: good.Columns}, Options{}); err == nil {
			t.Errorf("feature %+v was accepted", f)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	d, _ := draw(1, 200, slanted)
	for _, method := range []Method{KMeansModel, MixtureModel} {
		if _, err := Fit(cancelled, d, Options{Method: method}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, cancelled: %v", method, err)
		}
	}
}

// A dozen customers of two kinds, and one feature with two values: each method
// gives finite numbers throughout.
func TestTinyAndLumpy(t *testing.T) {
	two := Data{Features: []Feature{{Name: "x"}, {Name: "constant"}, {Name: "y"}}, Columns: [][]float64{
		{0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9}, slices.Repeat([]float64{4}, 12), {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}}}
	for _, method := range []Method{KMeansModel, MixtureModel} {
		for _, k := range []int{0, 1, 2, 3} {
			m := fit(t, two, Options{Method: method, K: k, Bootstraps: 5})
			if !m.Scales[1].Dropped || m.Scales[1].Note != "dropped: the same for all" {
				t.Errorf("the constant column: %+v", m.Scales[1])
			}
			if bad := notFinite(reflect.ValueOf(*m), "Model"); bad != "" {
				t.Errorf("%s, K %d: %s is not finite", method, k, bad)
			}
			if k == 2 && m.Labels[0] == m.Labels[6] {
				t.Errorf("%s: the two kinds are one: %v", method, m.Labels)
			}
		}
	}
}

// Three behaviours shared by all customers are three segments; and a sample that
// misses some of few behaviours must not stop the fit of all.
func TestFewBehaviours(t *testing.T) {
	three := Data{Features: []Feature{{Name: "x"}, {Name: "y"}}, Columns: make([][]float64, 2)}
	rare := Data{Features: three.Features, Columns: make([][]float64, 2)}
	for i := range 3000 {
		if i < 200 {
			three.Columns[0], three.Columns[1] = append(three.Columns[0], float64(i%3)), append(three.Columns[1], float64(i%3*i%3))
		}
		x := float64(i % 2)
		if i%600 == 0 {
			x = float64(10 + i/600)
		}
		rare.Columns[0], rare.Columns[1] = append(rare.Columns[0], x), append(rare.Columns[1], -x)
	}
	for _, method := range []Method{KMeansModel, MixtureModel} {
		if m := fit(t, three, Options{Method: method}); m.K != 3 || m.Stability.Rand != 1 {
			t.Errorf("%s: %d segments, stability %v: %s", method, m.K, m.Stability.Rand, m.Choice.Words.EN)
		}
		m := fit(t, rare, Options{Method: method, K: 6, SampleSize: 100, SilhouetteRows: 60, Bootstraps: 4})
		if bad := notFinite(reflect.ValueOf(*m), "Model"); bad != "" || m.K < 2 || m.K != len(m.Segments) {
			t.Errorf("%s: %d segments, %d described, %s", method, m.K, len(m.Segments), bad)
		}
		for _, l := range m.Labels {
			if l < 0 || l >= m.K {
				t.Fatalf("%s: label %d of %d segments", method, l, m.K)
			}
		}
		t.Log(method, m.K, m.Warnings)
	}
}

// notFinite finds the first NaN or infinity in exported fields.
func notFinite(v reflect.Value, path string) string {
	switch v.Kind() {
	case reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return path
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return notFinite(v.Elem(), path)
		}
	case reflect.Slice:
		for i := range v.Len() {
			if bad := notFinite(v.Index(i), fmt.Sprintf("%s[%d]", path, i)); bad != "" {
				return bad
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if bad := notFinite(v.Field(i), path+"."+v.Type().Field(i).Name); bad != "" {
				return bad
			}
		}
	}
	return ""
}

func BenchmarkFit(b *testing.B) {
	d, truth := draw(1, 100_000, round(6, 20, 16))
	for name, o := range map[string]Options{"kmeans": {}, "mixture": {Method: MixtureModel}, "mixture_diagonal": {Method: MixtureModel, Covariances: []Covariance{Diagonal}}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				m := fit(b, d, o)
				b.ReportMetric(float64(m.K), "segments")
				b.ReportMetric(agreement(b, truth, m), "rand")
			}
		})
	}
}
