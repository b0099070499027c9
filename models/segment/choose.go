package segment

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
)

// Criterion is what the number of segments is chosen by.
type Criterion string

// The criteria. BIC and ICL belong to mixtures, the others to k-means.
// PredictionStrength takes the largest number whose strength is still 0.8: as
// many segments as can be found again.
const (
	PredictionStrength Criterion = "prediction_strength"
	Silhouette         Criterion = "silhouette"
	CalinskiHarabasz   Criterion = "calinski_harabasz"
	Gap                Criterion = "gap"
	BIC                Criterion = "bic"
	ICL                Criterion = "icl"
)

// leastStrength is the prediction strength that its authors ask for.
const leastStrength = 0.8

// Candidate is one solution looked at, with all that speaks for or against it.
// Values that do not belong to the method are 0; Silhouette and CalinskiHarabasz
// are not defined for one segment and are 0 there too.
type Candidate struct {
	K                int
	Covariance       Covariance // of a mixture
	Inertia          float64    // within-segment sum of squares
	Silhouette       float64
	CalinskiHarabasz float64
	Gap, GapSE       float64 // of k-means, as the next two
	Strength         float64 // prediction strength
	StrengthSE       float64
	LogLikelihood    float64 // of a mixture, as the next four
	Parameters       int
	AIC, BIC, ICL    float64
	Smallest         int // rows of the smallest segment
	Converged        bool
}

// Choice is how the number of segments was found.
type Choice struct {
	Criterion Criterion // "" when the caller fixed the number
	Table     []Candidate
	Chosen    int // index in Table
	Rows, Of  int // the table was measured on so many rows out of these
	Words     Words
}

// fitted is a candidate with its model and labels on the rows it was fitted on.
type fitted struct {
	Candidate
	kmeans  *KMeans
	mixture *Mixture
	label   []int
}

// candidates fits every number of segments asked for, and every shape.
func candidates(ctx context.Context, p points, o Options) ([]fitted, error) {
	shapes := []Covariance{""}
	if o.Method == MixtureModel {
		shapes = o.Covariances
	}
	var list []fitted
	for _, shape := range shapes {
		for k := o.KMin; k <= o.KMax; k++ {
			list = append(list, fitted{Candidate: Candidate{K: k, Covariance: shape}})
		}
	}
	within := sample(stream(o.Seed, streamSilhouette, 0), p.n, o.SilhouetteRows)
	near, err := distances(ctx, p.take(within), o.workers)
	if err != nil {
		return nil, err
	}
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(o.workers)
	for i := len(list) - 1; i >= 0; i-- { // the longest first
		group.Go(func() error {
			if err := list[i].fit(running, p, o); err != nil {
				return err
			}
			list[i].judge(p, within, near)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if o.Method == KMeansModel && o.KMax > o.KMin {
		return list, addDraws(ctx, p, list, o)
	}
	return list, nil
}

// addDraws fills in the criteria that draw rows or references of their own.
func addDraws(ctx context.Context, p points, list []fitted, o Options) error {
	ks := make([]int, len(list))
	for i, f := range list {
		ks[i] = f.K
	}
	rows := sample(stream(o.Seed, streamSample, 1), p.n, o.SilhouetteRows)
	gap, se, err := gaps(ctx, p.take(rows), ks, o.References, o.Seed, o.workers)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Gap, list[i].GapSE = gap[i], se[i]
	}
	strength, se, err := strengths(ctx, p, ks, o)
	for i := range strength {
		list[i].Strength, list[i].StrengthSE = strength[i], se[i]
	}
	return err
}

func (f *fitted) fit(ctx context.Context, p points, o Options) (err error) {
	if o.Method == KMeansModel {
		f.kmeans, f.label, err = fitKMeans(ctx, p, lloydPlan{k: f.K, starts: o.Starts, seed: o.Seed, workers: 1})
		return err
	}
	plan := emPlan{starts: o.Starts, short: 20, long: emOptions{covariance: f.Covariance, floor: o.VarianceFloor, tolerance: o.Tolerance, iterations: o.Iterations, workers: 1}}
	if f.mixture, err = fitMixture(ctx, p, f.K, plan, o.Seed); err != nil {
		return err
	}
	f.label = make([]int, p.n)
	_, err = f.mixture.expect(ctx, p, f.label, 1)
	return err
}

// judge fills in the criteria.
func (f *fitted) judge(p points, sampled []int, near pairs) {
	inside, total := within(p, f.label, f.K)
	f.Inertia, f.CalinskiHarabasz = inside, calinskiHarabasz(inside, total, p.n, f.K)
	label, counts := make([]int, len(sampled)), make([]int, f.K)
	for i, row := range sampled {
		label[i] = f.label[row]
	}
	_, _, f.Silhouette = near.silhouettes(label, f.K)
	for _, c := range f.label {
		counts[c]++
	}
	f.Smallest = counts[0]
	for _, n := range counts {
		f.Smallest = min(f.Smallest, n)
	}
	if m := f.mixture; m != nil {
		f.LogLikelihood, f.Parameters, f.AIC, f.BIC, f.ICL, f.Converged = m.LogLikelihood, m.Parameters, m.AIC, m.BIC, m.ICL, m.Converged
	} else {
		f.Converged = f.kmeans.Converged
	}
}

// choose picks from the table and says why.
func choose(list []fitted, o Options, rows, of int) Choice {
	c := Choice{Rows: rows, Of: of, Criterion: o.Criterion}
	for _, f := range list {
		c.Table = append(c.Table, f.Candidate)
	}
	if o.KMin == o.KMax {
		c.Criterion = ""
		for i, f := range c.Table { // the number is fixed; a shape may be left to choose
			if f.BIC < c.Table[c.Chosen].BIC {
				c.Chosen = i
			}
		}
		k := c.Table[c.Chosen].K
		c.Words = Words{fmt.Sprintf("%d segments, as asked for.", k), fmt.Sprintf("按设定分为 %d 个客群。", k)}
	} else {
		c.Chosen = o.Criterion.best(c.Table)
		c.Words = c.explain()
	}
	if rows < of {
		c.Words.EN += fmt.Sprintf(" Measured on a random sample of %d of %d customers.", rows, of)
		c.Words.ZH += fmt.Sprintf("依据 %d 位客户中随机抽取的 %d 位计算。", of, rows)
	}
	return c
}

// best is the index of the best candidate, the first among equals.
func (c Criterion) best(table []Candidate) (at int) {
	if c == Gap {
		return gapRule(table)
	}
	if c != BIC && c != ICL {
		if one := oneSegment(table); one >= 0 {
			return one
		}
	}
	if c == PredictionStrength {
		return strongest(table)
	}
	value := func(f Candidate) float64 {
		switch c {
		case BIC:
			return -f.BIC
		case ICL:
			return -f.ICL
		case CalinskiHarabasz:
			return f.CalinskiHarabasz
		}
		return f.Silhouette
	}
	at = -1
	for i, f := range table {
		if (f.K > 1 || c == BIC || c == ICL) && (at < 0 || value(f) > value(table[at])) {
			at = i
		}
	}
	return at
}

// strongest is the largest number of segments that is strong enough; when none
// is, the strongest.
func strongest(table []Candidate) (at int) {
	for i, f := range table {
		if f.Strength > table[at].Strength {
			at = i
		}
	}
	for i, f := range table {
		if f.Strength >= leastStrength {
			at = i
		}
	}
	return at
}

// gapRule is the smallest number of segments whose gap is within one standard
// error of the next (Tibshirani, Walther & Hastie 2001); the largest when none
// is.
func gapRule(table []Candidate) int {
	for i := range table[:len(table)-1] {
		if table[i].Gap >= table[i+1].Gap-table[i+1].GapSE {
			return i
		}
	}
	return len(table) - 1
}

// oneSegment is the index of the single segment when no other number has a gap
// that is larger by more than its standard error, otherwise −1. Silhouette and
// variance ratio cannot say that there is nothing to divide, and the strength
// takes the halves of a long cloud for segments.
func oneSegment(table []Candidate) int {
	one := -1
	for i, f := range table {
		if f.K == 1 {
			one = i
		}
	}
	for _, f := range table {
		if one >= 0 && f.K > 1 && f.Gap-f.GapSE > table[one].Gap {
			return -1
		}
	}
	return one
}

// explain says in words why a candidate was chosen.
func (c Choice) explain() Words {
	f, first, last := c.Table[c.Chosen], c.Table[0], c.Table[len(c.Table)-1]
	if c.Criterion == BIC || c.Criterion == ICL {
		return c.explainMixture(f, first.K, last.K)
	}
	if f.K == 1 {
		return Words{
			fmt.Sprintf("One segment: the customers form no groups. From %d to %d segments, none can be told from an even spread (gap statistic) and found again in a second sample.", first.K, last.K),
			fmt.Sprintf("只有一个客群:客户没有分群。在 %d 至 %d 个之间,没有一种划分既有别于均匀分布(间隙统计量)又能在另一样本中重现。", first.K, last.K)}
	}
	read := reading(f.Silhouette)
	names := map[Criterion]Words{
		PredictionStrength: {fmt.Sprintf("the largest number that is found again in a second sample (prediction strength %.2f, at least %.1f)", f.Strength, leastStrength),
			fmt.Sprintf("能在另一样本中重现的最大个数(预测强度 %.2f,不低于 %.1f)", f.Strength, leastStrength)},
		Silhouette:       {"the highest mean silhouette", "平均轮廓系数最高"},
		CalinskiHarabasz: {"the highest Calinski-Harabasz ratio", "Calinski-Harabasz 指数最高"},
		Gap:              {"the first number whose gap statistic the next does not pass by more than its error", "间隙统计量首次不再明显上升的个数"}}
	if f.Strength < leastStrength {
		names[PredictionStrength] = Words{fmt.Sprintf("none is found again in a second sample, this one best (prediction strength %.2f, below %.1f)", f.Strength, leastStrength),
			fmt.Sprintf("没有一种划分能在另一样本中重现,此为最好的一种(预测强度 %.2f,低于 %.1f)", f.Strength, leastStrength)}
	}
	silhouette, ratio := c.highest(func(t Candidate) float64 { return t.Silhouette }), c.highest(func(t Candidate) float64 { return t.CalinskiHarabasz })
	gap, strength := c.Table[gapRule(c.Table)].K, c.Table[strongest(c.Table)].K
	return Words{
		fmt.Sprintf("%d segments of %d to %d tried: %s. Silhouette %.2f (%s). Each criterion alone: prediction strength %d, silhouette %d, Calinski-Harabasz %d, gap %d.",
			f.K, first.K, last.K, names[c.Criterion].EN, f.Silhouette, read.EN, strength, silhouette, ratio, gap),
		fmt.Sprintf("在 %d 至 %d 个之间分为 %d 个客群:%s。轮廓系数 %.2f(%s)。各准则单独选定的个数:预测强度 %d,轮廓系数 %d,Calinski-Harabasz 指数 %d,间隙统计量 %d。",
			first.K, last.K, f.K, names[c.Criterion].ZH, f.Silhouette, read.ZH, strength, silhouette, ratio, gap)}
}

// highest is the number of segments at which a value is highest.
func (c Choice) highest(value func(Candidate) float64) int {
	at := 0
	for i, t := range c.Table {
		if t.K > 1 && (c.Table[at].K == 1 || value(t) > value(c.Table[at])) {
			at = i
		}
	}
	return c.Table[at].K
}

func (c Choice) explainMixture(f Candidate, low, high int) Words {
	value := func(t Candidate) float64 {
		if c.Criterion == ICL {
			return t.ICL
		}
		return t.BIC
	}
	next := -1
	for i, t := range c.Table {
		if t.K != f.K && (next < 0 || value(t) < value(c.Table[next])) {
			next = i
		}
	}
	other, name, read := c.Table[next], map[Criterion]string{BIC: "BIC", ICL: "ICL"}[c.Criterion], reading(f.Silhouette)
	zh := map[Covariance]string{Diagonal: "对角", Full: "完全", Tied: "共同"}[f.Covariance]
	return Words{
		fmt.Sprintf("%d segments: the mixture with %s covariances has the lowest %s of %d candidates (%d to %d segments), lower by %.1f than the best with another number (%d). Silhouette %.2f (%s).",
			f.K, f.Covariance, name, len(c.Table), low, high, value(other)-value(f), other.K, f.Silhouette, read.EN),
		fmt.Sprintf("分为 %d 个客群:在 %d 个候选方案(%d 至 %d 个客群)中,%s协方差的混合模型 %s 最低,比其他个数中最好的(%d 个)低 %.1f。轮廓系数 %.2f(%s)。",
			f.K, len(c.Table), low, high, zh, name, other.K, value(other)-value(f), f.Silhouette, read.ZH)}
}
