"""A minimal bet as many would write it: FastAPI, SQLAlchemy's async ORM, asyncpg. The measure for bench/hot_path.

JWT, user row, wallet FOR UPDATE, round, two ledger rows, wallet and statistics upsert, commit. No idempotency, no
rates, no limits, no draw, no streak: everything of ours that it leaves out makes the comparison harder for us.
"""

import os
from datetime import UTC, datetime
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field
from sqlalchemy import BigInteger, DateTime, ForeignKey, String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SECRET = "bench-peer-secret-0123456789-0123456789"
engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://"), pool_size=16, max_overflow=0
)
Session = async_sessionmaker(engine, expire_on_commit=False)
bearer = HTTPBearer()
app = FastAPI()


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "peer_user"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    nickname: Mapped[str] = mapped_column(String(40), unique=True)
    is_active: Mapped[bool]


class Wallet(Base):
    __tablename__ = "peer_wallet"
    user_id: Mapped[int] = mapped_column(ForeignKey("peer_user.id"), primary_key=True)
    gold: Mapped[int] = mapped_column(BigInteger)
    xp: Mapped[int] = mapped_column(BigInteger)


class Round(Base):
    __tablename__ = "peer_round"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("peer_user.id"), index=True)
    bet: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Entry(Base):
    __tablename__ = "peer_entry"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("peer_user.id"), index=True)
    asset: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int] = mapped_column(BigInteger)
    balance_after: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Stats(Base):
    __tablename__ = "peer_stats"
    user_id: Mapped[int] = mapped_column(ForeignKey("peer_user.id"), primary_key=True)
    bets: Mapped[int] = mapped_column(BigInteger)
    wagered: Mapped[int] = mapped_column(BigInteger)


class Bet(BaseModel):
    bet_amount: int = Field(ge=10, le=10_000)


class Placed(BaseModel):
    success: bool
    game_id: int
    bet_amount: int
    status: str
    balance: int
    started_at: datetime


async def session():
    async with Session() as opened:
        yield opened


async def current_user(
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)], db: Annotated[AsyncSession, Depends(session)]
) -> User:
    try:
        claims = jwt.decode(credentials.credentials, SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(401) from error
    user = await db.get(User, int(claims["sub"]))
    if user is None or not user.is_active:
        raise HTTPException(401)
    return user


@app.post("/bet")
async def bet(
    asked: Bet, user: Annotated[User, Depends(current_user)], db: Annotated[AsyncSession, Depends(session)]
) -> Placed:
    now = datetime.now(UTC)
    wallet = (await db.execute(select(Wallet).where(Wallet.user_id == user.id).with_for_update())).scalar_one()
    if wallet.gold < asked.bet_amount:
        raise HTTPException(409)
    played = Round(user_id=user.id, bet=asked.bet_amount, status="placed", created_at=now)
    db.add(played)
    await db.flush()
    wallet.gold -= asked.bet_amount
    wallet.xp += asked.bet_amount // 10
    for asset, amount, balance, reason in (
        ("gold", -asked.bet_amount, wallet.gold, "crash.bet"),
        ("xp", asked.bet_amount // 10, wallet.xp, "play.xp"),
    ):
        db.add(
            Entry(
                user_id=user.id, asset=asset, amount=amount, balance_after=balance, reason=reason,
                reference=f"round:{played.id}", created_at=now,
            )
        )  # fmt: skip
    upsert = insert(Stats).values(user_id=user.id, bets=1, wagered=asked.bet_amount)
    upsert = upsert.on_conflict_do_update(
        index_elements=[Stats.user_id],
        set_={"bets": Stats.bets + 1, "wagered": Stats.wagered + upsert.excluded.wagered},
    )
    await db.execute(upsert)
    await db.commit()
    return Placed(
        success=True,
        game_id=played.id,
        bet_amount=played.bet,
        status=played.status,
        balance=wallet.gold,
        started_at=now,
    )


@app.get("/health")
async def health() -> dict:
    return {"status": "ok"}
