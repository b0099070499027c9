package performance

import (
	"context"
	_ "embed"
	"math"

	"verso/models/job"
)

var (
	//go:embed sql/partner_course.sql
	partnerCourseSQL string
	//go:embed sql/partner.sql
	partnerSQL string
)

// Partner ranks agents by what they took in and by what they kept of it, and
// finds those who send back more than before, or more than others
// (score.partner).
func Partner() job.Model { return job.Model{Name: "partner", Run: runPartner} }

// A partner sends back more where the difference is so many standard errors and
// so many points of its copies.
const (
	returnErrors = 4.
	returnPoints = .05
	returnDays   = 182 // that most returns have come in
)

func runPartner(ctx context.Context, j *job.Job) (int64, error) {
	from, to := twelveMonths(j.AsOf)
	end := to.AddDate(0, 0, -returnDays+1)
	if err := j.Exec(ctx, partnerCourseSQL, from, to, monthsBack(end, 12), monthsBack(end, 24), end); err != nil {
		return 0, err
	}
	f, err := j.Frame(ctx, "SELECT customer_key, copies, copies_back, copies_before, copies_back_before FROM partner_course ORDER BY customer_key")
	if err != nil {
		return 0, err
	}
	copies, back := f.Column("copies"), f.Column("copies_back")
	keys, zs, findings := make([]int64, f.Rows()), make([]float64, f.Rows()), make([]string, f.Rows())
	allCopies, allBack := sum(copies), sum(back)
	for i := range keys {
		keys[i] = int64(f.Column("customer_key")[i])
		rise, z := moreReturned(back[i], copies[i], f.Column("copies_back_before")[i], f.Column("copies_before")[i])
		others, zo := moreReturned(back[i], copies[i], allBack-back[i], allCopies-copies[i])
		zs[i] = zo
		switch {
		case z > returnErrors && rise > returnPoints:
			findings[i] = "returns rising"
		case zo > returnErrors && others > returnPoints:
			findings[i] = "returns high"
		}
	}
	if err := j.Score(ctx, partnerSQL, nil, job.Col("customer_key", keys), job.Col("z", zs), job.Col("finding", findings)); err != nil {
		return 0, err
	}
	card, err := partnerCard(ctx, j, span{from, to})
	if err != nil {
		return 0, err
	}
	return card.Rows, j.Save(ctx, card)
}

// moreReturned is how much larger a share is than another, and in standard
// errors of the difference under one common share; NaN where either has no
// copies.
func moreReturned(hits, cases, otherHits, otherCases float64) (more, z float64) {
	if !(cases > 0) || !(otherCases > 0) {
		return math.NaN(), math.NaN()
	}
	more = hits/cases - otherHits/otherCases
	p := min((hits+otherHits)/(cases+otherCases), 1)
	if se := math.Sqrt(p * (1 - p) * (1/cases + 1/otherCases)); se > 0 {
		return more, more / se
	}
	return more, 0
}
