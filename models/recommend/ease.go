package recommend

import (
	"cmp"
	"context"
	"math"
	"slices"

	"verso/models/recommend/dense"
)

// EASEOptions choose the closed-form autoencoder. The zero value means the
// documented defaults.
type EASEOptions struct {
	Lambda    float64 `json:"lambda,omitempty"`     // ridge penalty; 0 means 100
	Keep      int     `json:"keep,omitempty"`       // strongest coefficients kept of each title; 0 means 50, negative all
	UserPower float64 `json:"user_power,omitempty"` // a customer of n titles counts (n/mean)^−power; 0 means 1 each
	Limit     int     `json:"limit,omitempty"`      // rows of the largest matrix to invert; 0 means 24,000 (2.3 GB for users, 1.2 for titles)
}

// EASE is an ItemItem model with the part of the catalogue it covers.
type EASE struct {
	*ItemItem
	Titles int    // titles with a regression
	Reason string // why not all of them; empty when all
}

// FitEASE regresses every title on all others with a ridge penalty (Steck 2019):
// with P = (XᵀX + λI)⁻¹ the coefficient of own item i for title j is −Pᵢⱼ/Pⱼⱼ.
// The matrix inverted is the smaller of users × users and titles × titles, since
// (XᵀX + λI)⁻¹ = (I − Xᵀ(XXᵀ + λI)⁻¹X)/λ. When both are larger than
// Limit, only the Limit titles with most customers take part.
func FitEASE(ctx context.Context, x *Matrix, o EASEOptions) (*EASE, error) {
	o.Lambda = cmp.Or(o.Lambda, 100)
	o.Keep = cmp.Or(o.Keep, 50)
	o.Limit = cmp.Or(o.Limit, 24000)
	e := &ease{x: x, o: o, user: userFactors(x, o.UserPower), lists: make([][]coefficient, x.Items)}
	for k, f := range e.user {
		e.user[k] = float32(math.Sqrt(float64(f) / o.Lambda))
	}
	for u := range x.Users {
		if x.Size(u) > 0 {
			e.users = append(e.users, u)
		}
	}
	for i := range x.Items {
		if x.Count(i) > 0 {
			e.titles = append(e.titles, i)
		}
	}
	model := &EASE{Titles: len(e.titles)}
	var err error
	if len(e.users) <= min(len(e.titles), o.Limit) {
		err = e.byUsers(ctx)
	} else {
		if len(e.titles) > o.Limit {
			slices.SortStableFunc(e.titles, func(a, b int) int { return x.Count(b) - x.Count(a) })
			e.titles = e.titles[:o.Limit]
			slices.Sort(e.titles)
			model.Titles = o.Limit
			model.Reason = "only the titles with most customers take part: the matrix of all would not fit"
		}
		err = e.byTitles(ctx)
	}
	if err != nil {
		return nil, err
	}
	model.ItemItem = newItemItem("ease", e.lists)
	return model, nil
}

type ease struct {
	x             *Matrix
	o             EASEOptions
	user          []float32 // square root of the user's factor over λ
	users, titles []int
	lists         [][]coefficient
}

// begin empties the collection for one title.
func (e *ease) begin(s *strongest) {
	s.begin(e.o.Keep)
	if e.o.Keep < 0 {
		s.begin(len(e.titles))
	}
}

// byTitles inverts XᵀX/λ + I over the titles.
func (e *ease) byTitles(ctx context.Context) error {
	x := e.x
	n := len(e.titles)
	s := dense.NewSymmetric(n)
	scale := make([]float32, x.Users)
	for u := range scale {
		scale[u] = e.user[u] * e.user[u]
	}
	count := counters(x.Items)
	dense.Each(n, func(worker, a int) {
		c := &count[worker]
		c.row(x, e.titles[a], scale)
		for from := 0; ; {
			part := s.Lower(a, from)
			if part == nil {
				break
			}
			for k := range part {
				part[k] = c.sum[e.titles[from+k]]
			}
			from += len(part)
			if from > a {
				part[len(part)-1]++
			}
		}
		c.reset()
	})
	if err := s.Invert(ctx); err != nil {
		return err
	}
	rows := make([][]float32, dense.Workers())
	best := make([]strongest, dense.Workers())
	dense.Each(n, func(worker, a int) {
		if rows[worker] == nil {
			rows[worker] = make([]float32, n)
		}
		row, found := rows[worker], &best[worker]
		s.Row(a, row)
		e.begin(found)
		for b, v := range row {
			if b != a && v != 0 {
				found.offer(coefficient{own: int32(e.titles[b]), value: -v / row[a]})
			}
		}
		e.lists[e.titles[a]] = found.list()
	})
	return nil
}

// byUsers inverts XXᵀ/λ + I over the users.
func (e *ease) byUsers(ctx context.Context) error {
	x := e.x
	n := len(e.users)
	place := make([]int32, x.Users)
	for k, u := range e.users {
		place[u] = int32(k)
	}
	s := dense.NewSymmetric(n)
	rows := make([][]float32, dense.Workers())
	dense.Each(n, func(worker, a int) {
		if rows[worker] == nil {
			rows[worker] = make([]float32, n)
		}
		row := rows[worker]
		clear(row)
		u := e.users[a]
		h := x.Row(u)
		for k, i := range h.Item {
			users, weights := x.Column(int(i))
			left := float32(e.user[u] * h.Weight[k])
			for p, v := range users {
				row[place[v]] += float32(left * float32(e.user[v]*weights[p]))
			}
		}
		row[a]++
		for from := 0; from <= a; {
			part := s.Lower(a, from)
			from += copy(part, row[from:])
		}
	})
	if err := s.Invert(ctx); err != nil {
		return err
	}
	return e.project(ctx, s.Full(), place)
}

// scaled are the users of each title by place, and their factor times weight, in
// the order of the matrix's columns.
func (e *ease) scaled(place []int32) (users []int32, weights []float32) {
	users, weights = make([]int32, len(e.x.ColUser)), make([]float32, len(e.x.ColUser))
	for k, u := range e.x.ColUser {
		users[k], weights[k] = place[u], float32(e.user[u]*e.x.ColWeight[k])
	}
	return users, weights
}

// projection is the working space of a batch of titles.
type projection struct {
	z       []float32 // of one title, by user
	columns []float32 // of the batch, users × 32
	dots    []float32 // items × 32
	best    strongest
}

// project turns the inverse over users into coefficients, 32 titles at a time:
// Z = M·x for each of them, then xᵢ·Z for every own item i.
func (e *ease) project(ctx context.Context, inverse *dense.Square, place []int32) error {
	const width = dense.Columns
	x, n := e.x, len(e.users)
	users, weights := e.scaled(place)
	work := make([]projection, dense.Workers())
	dense.Each((len(e.titles)+width-1)/width, func(worker, batch int) {
		if ctx.Err() != nil {
			return
		}
		w := &work[worker]
		if w.z == nil {
			w.z, w.columns, w.dots = make([]float32, n), make([]float32, n*width), make([]float32, x.Items*width)
		}
		part := e.titles[batch*width : min((batch+1)*width, len(e.titles))]
		for k, j := range part {
			clear(w.z)
			for p := x.ColStart[j]; p < x.ColStart[j+1]; p++ {
				inverse.AddRow(weights[p], int(users[p]), w.z)
			}
			for u, v := range w.z {
				w.columns[u*width+k] = v
			}
		}
		clear(w.dots)
		for _, i := range e.titles {
			from, to := x.ColStart[i], x.ColStart[i+1]
			dense.Gather(users[from:to], weights[from:to], w.columns, w.dots[i*width:(i+1)*width])
		}
		for k, j := range part {
			e.begin(&w.best)
			e.lists[j] = w.coefficients(e.titles, j, k)
		}
	})
	return ctx.Err()
}

// coefficients are the strongest for title j, column k of the batch.
func (w *projection) coefficients(titles []int, j, k int) []coefficient {
	scale := 1 / (1 - w.dots[j*dense.Columns+k])
	least := float32(0)
	for _, i := range titles {
		v := w.dots[i*dense.Columns+k] * scale
		if v == 0 || i == j || v < least && -v < least {
			continue
		}
		w.best.offer(coefficient{own: int32(i), value: v})
		least = w.best.least()
	}
	return w.best.list()
}
