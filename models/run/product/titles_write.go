package product

import (
	"context"
	"math"

	"verso/models/assortment"
	"verso/models/job"
)

// notSold is the ABC class of titles that sold nothing in the period.
const notSold = "N"

func (t *titles) write(ctx context.Context, j *job.Job) error {
	n := t.f.Rows()
	keys, months := make([]int64, n), make([]int64, n)
	abc, xyz, phase := make([]string, n), make([]string, n), make([]string, n)
	float := map[string][]float64{}
	names := []string{"abc_rank", "abc_share", "abc_cumulated", "monthly_mean", "monthly_cv", "gmroi", "sell_through", "cover", "excess"}
	for _, name := range names {
		float[name] = make([]float64, n)
		for i := range n {
			float[name][i] = nan
		}
	}
	for i := range n {
		keys[i], months[i], phase[i] = int64(t.f.Column("title_key")[i]), int64(len(t.demand[i])), string(t.phase[i])
		abc[i], xyz[i] = notSold, t.steady[i].Class
		if p := t.abc[i]; p.Class != "" {
			abc[i] = p.Class
			float["abc_rank"][i], float["abc_share"][i], float["abc_cumulated"][i] = float64(p.Rank), p.Share, p.Cumulated
		}
		if len(t.demand[i]) > 0 && t.steady[i].Mean > 0 {
			float["monthly_mean"][i] = t.steady[i].Mean
		}
		if xyz[i] != "" {
			float["monthly_cv"][i] = t.steady[i].CV
		}
		t.earn(i, float)
	}
	columns := []job.Column{job.Col("title_key", keys), job.Col("abc", abc), job.Col("xyz", xyz), job.Col("phase", phase), job.Col("abc_margin", t.margin), job.Col("months", months),
		job.Col("half_life", t.own), job.Col("half_life_of", t.ownOf), job.Col("is_dead", t.dead), job.Col("idle", t.idle)}
	for _, name := range names {
		columns = append(columns, job.Col(name, float[name]))
	}
	return j.Score(ctx, titleSQL, nil, columns...)
}

// earn fills in what the stock of a title earns.
func (t *titles) earn(i int, into map[string][]float64) {
	at := func(name string) float64 { return t.f.Column(name)[i] }
	hand := at("on_hand")
	if math.IsNaN(hand) {
		return
	}
	margin := at("margin")
	if at("lines") == 0 {
		margin = 0 // what did not sell earned nothing; a cost not known is another matter
	}
	if ratio, ok := assortment.GMROI(margin, []float64{at("mean_value")}); ok {
		into["gmroi"][i] = ratio
	}
	if share, ok := assortment.SellThrough(at("opening"), at("moved_in"), at("moved_out")); ok {
		into["sell_through"][i] = share
	}
	asked := firstKnown(at("moved_out"), at("copies"))
	if hand > 0 && asked > 0 {
		into["cover"][i] = hand * 365 / asked
	}
	into["excess"][i] = 0
	if hand > asked {
		into["excess"][i] = at("value") * (hand - asked) / hand
	}
}

// ownLines is how many order lines a title must have for a half-life of its own.
const ownLines = 12

// halfLives gives every title its own half-life where its sales carry one, else
// that of its level.
func (t *titles) halfLives() {
	n := t.f.Rows()
	t.own, t.ownOf = make([]float64, n), make([]string, n)
	level := map[int]float64{}
	for _, c := range t.curves {
		if c.by == "level" && c.decay.Reason == "" {
			level[c.no] = c.decay.HalfLife
		}
	}
	for i := range n {
		t.own[i] = nan
		if from, to, lines := t.f.Column("watched_from")[i], t.f.Column("watched_to")[i], t.f.Column("faded")[i]; lines >= ownLines && to-from >= 180 {
			if d, err := assortment.FitDecay(faded(t.f, []int{i}), 0); err == nil {
				t.ownOf[i] = "title"
				if d.Reason == "" {
					t.own[i] = d.HalfLife
				}
				continue
			}
		}
		if h, known := level[int(t.f.Column("level_no")[i])]; known {
			t.own[i], t.ownOf[i] = h, "level"
		}
	}
}
