package api

import (
	"encoding/json"
	"net/http"

	"verso/olap/api/saved"
)

// itemRequest is the body of POST saved and PUT saved/{id}.
type itemRequest struct {
	Kind    string          `json:"kind"`
	Title   string          `json:"title"`
	Content json.RawMessage `json:"content"`
	Shared  bool            `json:"shared"`
	Version int             `json:"version"` // of PUT: the version that was changed; 0: whichever
}

// shelf is where things are saved.
func (a *API) shelf() (*saved.Folder, error) {
	if a.o.Saved == nil {
		return nil, &Error{Status: http.StatusNotFound, Code: "not_found", Message: "this server saves nothing"}
	}
	return a.o.Saved, nil
}

// savedList answers GET saved.
func (a *API) savedList(r *request) error {
	shelf, err := a.shelf()
	if err != nil {
		return err
	}
	list, err := shelf.List(r.person.Name)
	if err != nil {
		return err
	}
	return r.reply(map[string]any{"saved": list})
}

// savedGet answers GET saved/{id}.
func (a *API) savedGet(r *request) error {
	shelf, err := a.shelf()
	if err != nil {
		return err
	}
	item, err := shelf.Get(r.person.Name, r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.reply(item)
}

// savedCreate answers POST saved.
func (a *API) savedCreate(r *request) error {
	shelf, err := a.shelf()
	if err != nil {
		return err
	}
	var body itemRequest
	if err := r.body(&body); err != nil {
		return err
	}
	item, err := shelf.Create(r.person.Name, saved.Item{Kind: body.Kind, Title: body.Title, Content: body.Content, Shared: body.Shared})
	if err != nil {
		return err
	}
	r.w.Header().Set("Location", Root+"saved/"+item.ID)
	r.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	r.w.WriteHeader(http.StatusCreated)
	return r.reply(item)
}

// savedPut answers PUT saved/{id}.
func (a *API) savedPut(r *request) error {
	shelf, err := a.shelf()
	if err != nil {
		return err
	}
	var body itemRequest
	if err := r.body(&body); err != nil {
		return err
	}
	item, err := shelf.Update(r.person.Name, r.PathValue("id"), body.Version, saved.Item{Kind: body.Kind, Title: body.Title, Content: body.Content, Shared: body.Shared})
	if err != nil {
		return err
	}
	return r.reply(item)
}

// savedDelete answers DELETE saved/{id}.
func (a *API) savedDelete(r *request) error {
	shelf, err := a.shelf()
	if err != nil {
		return err
	}
	if err := shelf.Delete(r.person.Name, r.PathValue("id")); err != nil {
		return err
	}
	r.w.WriteHeader(http.StatusNoContent)
	return nil
}
