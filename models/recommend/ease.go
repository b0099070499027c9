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
	Lambda    float64 // ridge penalty; 0 means 100
	Keep      int     // strongest coefficients kept of each title; 0 means 50, negative all
	UserPower float64 // a customer of n titles counts (n/mean)^−power; 0 means 1 each
	Limit     int     // rows of the largest matrix to invert; 0 means 24,000 (2.3 GB for users, 1.2 for titles)
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

// keep stores the strongest coefficients of title j.
func (e *ease) keep(j int, list []coefficient) {
	if e.o.Keep < 0 {
		e.lists[j] = slices.Clone(list)
		return
	}
	e.lists[j] = strongest(list, e.o.Keep)
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
	dense.Each(n, func(worker, a int) {
		if rows[worker] == nil {
			rows[worker] = make([]float32, n)
		}
		row := rows[worker]
		s.Row(a, row)
		list := make([]coefficient, 0, n)
		for b, v := range row {
			if b != a && v != 0 {
				list = append(list, coefficient{own: int32(e.titles[b]), value: -v / row[a]})
			}
		}
		e.keep(e.titles[a], list)
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

// project turns the inverse over users into coefficients, 32 titles at a time:
// Z = M·x for each of them, then xᵢ·Z for every own item i.
func (e *ease) project(ctx context.Context, inverse *dense.Square, place []int32) error {
	const width = dense.Columns
	type space struct {
		z, columns, dots []float32
		list             []coefficient
	}
	x, n := e.x, len(e.users)
	work := make([]space, dense.Workers())
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
			users, weights := x.Column(j)
			for p, u := range users {
				inverse.AddRow(e.user[u]*weights[p], int(place[u]), w.z)
			}
			for u, v := range w.z {
				w.columns[u*width+k] = v
			}
		}
		clear(w.dots)
		for _, i := range e.titles {
			to := w.dots[i*width : (i+1)*width]
			users, weights := x.Column(i)
			for p, u := range users {
				from := int(place[u]) * width
				dense.Axpy(e.user[u]*weights[p], w.columns[from:from+width], to)
			}
		}
		for k, j := range part {
			rest := 1 - w.dots[j*width+k]
			w.list = w.list[:0]
			for _, i := range e.titles {
				if v := w.dots[i*width+k]; i != j && v != 0 {
					w.list = append(w.list, coefficient{own: int32(i), value: v / rest})
				}
			}
			e.keep(j, w.list)
		}
	})
	return ctx.Err()
}
