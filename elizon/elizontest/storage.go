package elizontest

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"time"
)

// Volume is block storage.
type Volume struct {
	ID, Name, Type string
	SizeGB         int64
	// Status is attached, detached, provisioning or suspended.
	Status, ServiceID string
	Monthly           Cents
	CreatedAt         time.Time
	// CancelAtPeriodEnd is set if the volume ends with its period.
	CancelAtPeriodEnd bool
}

func (c *call) volumeRow(v *Volume) row {
	body := row{
		"id": v.ID, "name": v.Name, "size": v.SizeGB, "type": v.Type, "status": v.Status, "pricePerMonth": int64(v.Monthly),
		"createdAt": stamp(v.CreatedAt), "server": nil, "subscription": row{"id": "sub-" + v.ID},
	}
	if s := c.st.services.Get(v.ServiceID); s != nil {
		body["server"] = row{"id": s.ID, "name": s.Name}
	}
	return body
}

// AddVolume adds a volume and returns it with its ID. Without a ServiceID it is detached.
func (s *Server) AddVolume(v Volume) Volume {
	return locked(s, func(st *state, now time.Time) Volume {
		v.ID, v.CreatedAt, v.Status = st.newID(), now, volumeDetached
		if v.ServiceID != "" {
			v.Status = volumeAttached
		}
		if v.Type == "" {
			v.Type = volumeTypes[0].Name
		}
		st.volumes.Add(&v)
		return v
	})
}

func listVolumes(c *call) reply {
	return ok(row{"volumes": rows(c.st.volumes.Rows, c.volumeRow)})
}

func onVolume(do func(*call, *Volume) reply) handler {
	return func(c *call) reply {
		v := c.st.volumes.Get(c.r.PathValue("id"))
		if v == nil {
			return notFound(codeNoVolume, "Volume")
		}
		return do(c, v)
	}
}

func getVolume(c *call, v *Volume) reply { return ok(row{"volume": c.volumeRow(v)}) }

func updateVolume(c *call, v *Volume) reply {
	name, renamed := c.body.String("name")
	action := c.oneOf("action", "", "", "attach", "detach")
	id := c.text("serverId")
	if renamed && name == "" {
		c.blame("name must not be empty")
	}
	if action == "attach" && id == "" {
		c.blame("serverId is required")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	switch {
	case action == "detach":
		v.ServiceID, v.Status = "", volumeDetached
	case action == "attach" && c.st.services.Get(id) == nil:
		return noService()
	case action == "attach" && v.ServiceID != "" && v.ServiceID != id:
		return bad(codeBlocked, "The volume is attached already")
	case action == "attach":
		v.ServiceID, v.Status = id, volumeAttached
	}
	if renamed {
		v.Name = name
	}
	return getVolume(c, v)
}

func deleteVolume(c *call, v *Volume) reply {
	if v.ServiceID != "" {
		return bad(codeBlocked, "The volume is attached")
	}
	c.st.volumes.Remove(v)
	return succeeded()
}

func cancelVolume(c *call, v *Volume) reply {
	now := c.flag("immediate")
	if a, refused := c.refused(); refused {
		return a
	}
	if now {
		c.st.volumes.Remove(v)
	} else {
		v.CancelAtPeriodEnd = true
	}
	return succeeded()
}

func storageConfig(*call) reply {
	return ok(row{"types": rows(volumeTypes, func(t volumeType) row {
		return row{"type": t.Name, "pricePerGbMonth": int64(t.PerGB), "min": minVolumeGB, "max": maxVolumeGB}
	})})
}

// upload is a file that was sent.
type upload struct {
	field, name string
	size        int64
}

// receive reads the files of a form as they arrive, and keeps only their sizes.
func receive(r *http.Request) ([]upload, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	var files []upload
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if len(files) == maxFiles {
			return nil, multipart.ErrMessageTooLarge
		}
		n, err := io.Copy(io.Discard, part)
		if err != nil {
			return nil, err
		}
		if part.FileName() != "" {
			files = append(files, upload{part.FormName(), part.FileName(), n})
		}
	}
}

func uploadFile(c *call) reply {
	if len(c.files) == 0 {
		return bad(codeInvalidRequest, "A file is required")
	}
	return created(row{"file": c.keep(c.files[0])})
}

func (c *call) keep(f upload) row {
	id := c.st.newID()
	c.st.documents[id] = f
	return row{"id": id, "name": f.name, "size": f.size}
}
