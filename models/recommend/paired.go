package recommend

import (
	"errors"
	"math"
)

// Difference is one model against another on the same users.
type Difference struct {
	Recall   float64 `json:"recall"`
	RecallSE float64 `json:"recall_se"` // standard error of the paired difference
	NDCG     float64 `json:"ndcg"`
	NDCGSE   float64 `json:"ndcg_se"`
}

// ErrUsers is returned for evaluations of different users.
var ErrUsers = errors.New("recommend: the two evaluations are not of the same users")

// Paired is a minus b, user by user.
func Paired(a, b *Evaluation) (Difference, error) {
	var d Difference
	if len(a.PerUser) != len(b.PerUser) || len(a.PerUser) == 0 {
		return d, ErrUsers
	}
	n := float64(len(a.PerUser))
	for k, h := range a.PerUser {
		if h.User != b.PerUser[k].User {
			return d, ErrUsers
		}
		d.Recall += (h.Recall - b.PerUser[k].Recall) / n
		d.NDCG += (h.NDCG - b.PerUser[k].NDCG) / n
	}
	for k, h := range a.PerUser {
		x, y := h.Recall-b.PerUser[k].Recall-d.Recall, h.NDCG-b.PerUser[k].NDCG-d.NDCG
		d.RecallSE += x * x
		d.NDCGSE += y * y
	}
	d.RecallSE, d.NDCGSE = math.Sqrt(d.RecallSE)/n, math.Sqrt(d.NDCGSE)/n
	return d, nil
}
