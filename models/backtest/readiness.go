package backtest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"verso/models/propensity"
)

// Verdicts of a Readiness.
const (
	Ready   = "ready"
	Caution = "caution" // a model can be fitted; read the warnings
	Unfit   = "unfit"   // no model is to be fitted on this
)

// States of a feature.
const (
	Fine       = "fine"
	Empty      = "empty"      // missing in every row
	Constant   = "constant"   // one value in every row
	Identifier = "identifier" // a value a row, which says nothing of other rows
	Suspect    = "suspect"    // alone it says so much that it may know the outcome
	Leak       = "leak"       // alone it all but determines the outcome
)

// Bounds of the states, see FeatureReport: a single property of a customer known
// beforehand hardly ever says as much.
const (
	leakAUC, leakSkill       = .99, .8
	suspectAUC, suspectSkill = .95, .5
)

// Readiness says whether data can carry a model, and why not.
type Readiness struct {
	Verdict    string          `json:"verdict"`
	Words      Words           `json:"words"`
	Rows       int             `json:"rows"`
	Customers  int             `json:"customers"`
	Events     int             `json:"events"`
	BaseRate   float64         `json:"base_rate"`
	Duplicates int             `json:"duplicates"` // rows of a customer beyond the first at the same origin
	Origins    []OriginReport  `json:"origins"`
	Features   []FeatureReport `json:"features"`
	Blocking   []Words         `json:"blocking"`
	Warnings   []Words         `json:"warnings"`
}

// OriginReport counts the rows of an origin.
type OriginReport struct {
	Origin int `json:"origin"`
	Rows   int `json:"rows"`
	Events int `json:"events"`
}

// FeatureReport is what one column says alone. AUC and Skill are of the event
// rates of its values or of twenty bins of equal count, learned on four fifths of
// the customers and tested on the rest (AUC: or of its plain order, when that is
// more). Skill is the share of the log-loss of the base rate that it saves.
type FeatureReport struct {
	Name        string  `json:"name"`
	Categorical bool    `json:"categorical"`
	Missing     float64 `json:"missing"`  // share of rows
	Distinct    int     `json:"distinct"` // values, missing not counted
	AUC         float64 `json:"auc"`
	Skill       float64 `json:"skill"`
	State       string  `json:"state"`
	Words       Words   `json:"words"` // empty when fine
}

// Examine reports on the data of a backtest before anything is fitted. It never
// refuses for what the data are: the verdict does.
func Examine(s Sample) (*Readiness, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	r := &Readiness{Rows: len(s.Y)}
	for _, y := range s.Y {
		r.Events += int(y)
	}
	r.BaseRate = float64(r.Events) / float64(r.Rows)
	r.count(s)
	part := parts(s)
	for _, c := range s.X {
		f := examine(c, s.Y, part)
		r.Features = append(r.Features, f)
		switch f.State {
		case Leak:
			r.Blocking = append(r.Blocking, f.Words)
		case Suspect, Identifier:
			r.Warnings = append(r.Warnings, f.Words)
		}
	}
	r.quiet()
	r.judge()
	return r, nil
}

// count fills in customers, origins and duplicates.
func (r *Readiness) count(s Sample) {
	r.Customers = r.Rows
	seen := map[string]bool{}
	for i := range s.Customer {
		key := s.Customer[i]
		if s.Origin != nil {
			key = fmt.Sprintf("%d %s", s.Origin[i], key)
		}
		if seen[key] {
			r.Duplicates++
		}
		seen[key] = true
	}
	if s.Customer != nil {
		r.Customers = len(distinct(s.Customer))
	}
	place := map[int]int{}
	for k, v := range distinct(s.Origin) {
		place[v] = k
		r.Origins = append(r.Origins, OriginReport{Origin: v})
	}
	for i, v := range s.Origin {
		r.Origins[place[v]].Rows++
		r.Origins[place[v]].Events += int(s.Y[i])
	}
}

// quiet warns of columns that carry nothing, in one sentence each kind.
func (r *Readiness) quiet() {
	for _, k := range []struct {
		state string
		words Words
	}{
		{Empty, Words{"missing in every row: %s", "全部缺失：%s"}},
		{Constant, Words{"the same in every row: %s", "取值恒定：%s"}},
	} {
		var names []string
		for _, f := range r.Features {
			if f.State == k.state {
				names = append(names, f.Name)
			}
		}
		if len(names) > 0 {
			r.Warnings = append(r.Warnings, wordsf(k.words.EN, k.words.ZH, strings.Join(names, ", ")))
		}
	}
}

// judge weighs outcomes, origins and features.
func (r *Readiness) judge() {
	few := min(r.Events, r.Rows-r.Events)
	switch {
	case r.Events == 0:
		r.Blocking = append(r.Blocking, wordsf("none of the %d rows has the event: there is nothing to learn", "%d 行中无一发生事件：无从学习", r.Rows))
	case r.Events == r.Rows:
		r.Blocking = append(r.Blocking, wordsf("all %d rows have the event: there is nothing to learn", "%d 行全部发生事件：无从学习", r.Rows))
	case few < 10:
		r.Blocking = append(r.Blocking, wordsf("%d rows of the rarer outcome: fewer than 10 teach nothing that holds", "较少的一类仅 %d 行：少于 10 行学不到可靠的规律", few))
	case few < 100:
		r.Warnings = append(r.Warnings, wordsf("%d rows of the rarer outcome: with fewer than 100 every figure is rough", "较少的一类仅 %d 行：少于 100 行时各项指标都较粗略", few))
	}
	if r.Duplicates > 0 {
		r.Warnings = append(r.Warnings, wordsf("%d rows repeat a customer at the same origin: they are kept in one fold and drawn together", "%d 行为同一时点的重复客户：它们归入同一折并一同抽样", r.Duplicates))
	}
	r.judgeOrigins()
	if r.used() == 0 && len(r.Blocking) == 0 {
		r.Blocking = append(r.Blocking, Words{"no column says anything: each is empty, constant or an identifier", "没有可用的列：每列都为空、恒定或仅为标识"})
	}
	r.conclude()
}

// used is how many features can be learned from.
func (r *Readiness) used() (n int) {
	for _, f := range r.Features {
		if f.State == Fine || f.State == Suspect {
			n++
		}
	}
	return n
}

// conclude sets the verdict from what blocks and warns.
func (r *Readiness) conclude() {
	r.Verdict, r.Words = Ready, wordsf("ready: %d rows, %d events, %d features of use", "可以建模：%d 行，%d 个事件，%d 个可用特征", r.Rows, r.Events, r.used())
	switch {
	case len(r.Blocking) > 0:
		r.Verdict, r.Words = Unfit, Words{"not fit for a model: " + r.Blocking[0].EN, "不宜建模：" + r.Blocking[0].ZH}
	case len(r.Warnings) > 0:
		r.Verdict, r.Words = Caution, Words{"fit for a model with caution: " + r.Warnings[0].EN, "可谨慎建模：" + r.Warnings[0].ZH}
	}
}

func (r *Readiness) judgeOrigins() {
	if len(r.Origins) == 0 {
		return
	}
	if len(r.Origins) < 4 {
		r.Warnings = append(r.Warnings, wordsf("%d origins: three to learn from and one to test are the least that show how a model ages", "仅 %d 个时点：至少需要三个学习时点和一个检验时点才能看出模型的老化", len(r.Origins)))
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, o := range r.Origins {
		rate := float64(o.Events) / float64(o.Rows)
		low, high = min(low, rate), max(high, rate)
	}
	if d := high - low; d > .05 && (low <= 0 || high/low > 1.25) {
		r.Warnings = append(r.Warnings, wordsf("the event rate moves between %.1f %% and %.1f %% from origin to origin: recalibrate for the season", "事件率在各时点间于 %.1f %% 与 %.1f %% 之间变动：需按季节重新校准", 100*low, 100*high))
	}
}

// Allow takes features that look like a leak as known beforehand, on the word of
// whoever asked, and comes to the verdict anew.
func (r *Readiness) Allow(names ...string) {
	blocking := r.Blocking[:0:0]
	for k := range r.Features {
		f := &r.Features[k]
		if f.State == Leak && slices.Contains(names, f.Name) {
			f.State = Suspect
			r.Warnings = append(r.Warnings, f.Words)
		}
	}
	for _, w := range r.Blocking {
		if !slices.ContainsFunc(r.Features, func(f FeatureReport) bool { return f.State == Suspect && f.Words == w }) {
			blocking = append(blocking, w)
		}
	}
	r.Blocking = blocking
	r.conclude()
}

// Use is the sample without the columns that carry nothing, cannot be learned
// from or leak, and their names.
func (r *Readiness) Use(s Sample) (kept Sample, left []string) {
	kept = s
	kept.X = nil
	for k, f := range r.Features {
		if f.State == Fine || f.State == Suspect {
			kept.X = append(kept.X, s.X[k])
		} else {
			left = append(left, f.Name)
		}
	}
	return kept, left
}

// crossParts is in how many parts customers are split to test single features.
const crossParts = 5

// parts deals customers out by their names, or rows by their place.
func parts(s Sample) []int {
	out := make([]int, len(s.Y))
	for i := range out {
		out[i] = i % crossParts
	}
	if s.Customer != nil {
		for i, c := range s.Customer {
			out[i] = int(hash(c)>>16) % crossParts
		}
	}
	return out
}

func examine(c propensity.Column, y []float64, part []int) FeatureReport {
	f := FeatureReport{Name: c.Name, Categorical: c.Levels != nil, State: Fine, AUC: .5}
	var bin []int
	var missing, bins int
	if c.Levels != nil {
		bin, f.Distinct, missing = levelBins(c.Levels)
		bins = f.Distinct + 1
	} else {
		bin, f.Distinct, missing, bins = numberBins(c.Numbers)
	}
	f.Missing = float64(missing) / float64(len(y))
	n := len(y)
	switch {
	case f.Distinct == 0:
		f.State = Empty
		return f
	case f.Distinct == 1 && missing == 0:
		f.State = Constant
		return f
	}
	ones := 0.0
	for _, v := range y {
		ones += v
	}
	if ones == 0 || int(ones) == n {
		return f
	}
	f.strength(c, y, bin, bins, part)
	few := min(int(ones), n-int(ones))
	switch {
	case few >= 20 && (f.AUC >= leakAUC || f.Skill >= leakSkill):
		f.State = Leak
		f.Words = wordsf("%s all but determines the outcome alone (AUC %.3f): it looks like leakage, something known only afterwards", "%s 单独几乎决定了结果（AUC %.3f）：疑为信息泄漏，即事后才知道的内容", f.Name, f.AUC)
	case few >= 20 && (f.AUC >= suspectAUC || f.Skill >= suspectSkill):
		f.State = Suspect
		f.Words = wordsf("%s says very much alone (AUC %.3f): make sure that it is known before the outcome", "%s 单独的预测力极强（AUC %.3f）：请确认它在结果发生前已知", f.Name, f.AUC)
	case n >= 20 && c.Levels != nil && f.Distinct > max(50, (n-missing)/2):
		f.State = Identifier
		f.Words = wordsf("%s has %d values in %d rows: an identifier says nothing of other rows and is left out", "%s 在 %[3]d 行中有 %[2]d 个取值：标识列无法推及其他行，已略去", f.Name, f.Distinct, n)
	case n >= 20 && c.Levels == nil && f.Distinct == n && counter(c.Numbers):
		f.State = Identifier
		f.Words = wordsf("%s counts the rows: an identifier says nothing of other rows and is left out", "%s 仅为行号：标识列无法推及其他行，已略去", f.Name)
	}
	return f
}

// counter tells whole numbers that number the rows.
func counter(v []float64) bool {
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range v {
		if x != math.Trunc(x) {
			return false
		}
		low, high = min(low, x), max(high, x)
	}
	return high-low < 2*float64(len(v))
}

// levelBins numbers the levels; missing rows have the last number.
func levelBins(levels []string) (bin []int, all, missing int) {
	place := map[string]int{}
	bin = make([]int, len(levels))
	for i, v := range levels {
		if v == "" {
			missing++
			bin[i] = -1
			continue
		}
		k, ok := place[v]
		if !ok {
			k = len(place)
			place[v] = k
		}
		bin[i] = k
	}
	for i, k := range bin {
		if k < 0 {
			bin[i] = len(place)
		}
	}
	return bin, len(place), missing
}

// numberBins cuts numbers into at most twenty bins of equal count, and one for
// the missing.
func numberBins(v []float64) (bin []int, all, missing, bins int) {
	const most = 20
	sorted := make([]float64, 0, len(v))
	for _, x := range v {
		if !math.IsNaN(x) {
			sorted = append(sorted, x)
		}
	}
	missing = len(v) - len(sorted)
	slices.Sort(sorted)
	var cuts []float64 // the largest value of each bin
	for k := range sorted {
		if k == 0 || sorted[k] != sorted[k-1] {
			all++
		}
	}
	for k := 1; k <= most && len(sorted) > 0; k++ {
		at := sorted[max(0, k*len(sorted)/most-1)]
		if len(cuts) == 0 || at > cuts[len(cuts)-1] {
			cuts = append(cuts, at)
		}
	}
	bin = make([]int, len(v))
	for i, x := range v {
		if math.IsNaN(x) {
			bin[i] = len(cuts)
			continue
		}
		bin[i], _ = slices.BinarySearch(cuts, x)
		bin[i] = min(bin[i], len(cuts)-1)
	}
	return bin, all, missing, len(cuts) + 1
}

// Date is the origin as a date, when it is in days since 1970-01-01.
func (o OriginReport) Date() string {
	return time.Unix(int64(o.Origin)*86400, 0).UTC().Format(time.DateOnly)
}

// Strongest are the features by what they say alone, the strongest first.
func (r *Readiness) Strongest() []FeatureReport {
	out := slices.Clone(r.Features)
	slices.SortStableFunc(out, func(a, b FeatureReport) int {
		return cmp.Or(cmp.Compare(b.AUC, a.AUC), cmp.Compare(a.Name, b.Name))
	})
	return out
}
